"""The Chinese working-day calendar."""
