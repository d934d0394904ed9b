"""The forecast: a plan's effect on the traffic that flows now, in every state that it can take."""
