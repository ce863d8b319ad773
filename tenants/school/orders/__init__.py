"""Call-off orders from agreements, from proposal to shipment."""
