"""Keep people in the customers table: records, cap reservations and suppressions."""
