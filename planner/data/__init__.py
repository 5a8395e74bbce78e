"""Files to domain objects, audited by numbered rules; and synthetic provinces."""
