"""Hold what is known of customers and addresses: contact, quiet hours, cap. Pure."""
