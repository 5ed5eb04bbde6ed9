"""What holds data for longer than a retry: tables, stream, bucket, and their key."""
