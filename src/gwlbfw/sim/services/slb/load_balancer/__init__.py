"""Classic balancers and what they do with packets."""
