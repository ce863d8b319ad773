"""What several tests stand on: the test database, a small world of tenants, a client that lints pages."""
