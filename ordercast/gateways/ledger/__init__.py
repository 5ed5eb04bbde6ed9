"""Keep the ledger: notifications, decisions, latest statuses and holds, in one DynamoDB table."""
