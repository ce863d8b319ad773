"""Monthly statements with suppliers, invoices, and what the facts say of a supplier."""
