"""What capreg is measured against: small programs, each of which answers the same question."""
