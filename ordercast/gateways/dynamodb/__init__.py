"""Make DynamoDB's bulk calls, write PartiQL statements and attributes. Used by the table gateways."""
