"""What each school runs for itself: supply, canteen, dormitory, safety, assets, repairs."""
