"""Keep parked records in S3 and read parked objects back."""
