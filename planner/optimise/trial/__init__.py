"""What if: proposals tried on top of a province, with what they bring, cost and disturb."""
