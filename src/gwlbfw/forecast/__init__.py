"""What a plan does to the traffic that flows now, in every state that it can pass through."""
