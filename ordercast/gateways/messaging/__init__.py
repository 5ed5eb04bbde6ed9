"""Talk to SNS topics and SQS queues: publishing, visibility, dead letters, receipt age."""
