"""People and papers of the canteen: staff, health and training certificates, licences, training."""
