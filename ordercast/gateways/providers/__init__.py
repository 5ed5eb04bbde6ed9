"""Call SNS and SES and translate their answers into outcomes."""
