"""What a canteen records every day, and what is kept of it."""
