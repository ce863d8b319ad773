"""Public pages of procurement, without signing in: tenders, notices, agreements with today's prices beside the market."""
