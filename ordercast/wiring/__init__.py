"""Build workflows around the AWS gateways. Used by Lambda functions and operators' commands."""
