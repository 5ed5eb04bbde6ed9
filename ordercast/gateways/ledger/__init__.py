"""Keep the ledger: notifications, decisions, latest statuses and pauses, in one DynamoDB table."""
