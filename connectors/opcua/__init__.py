"""OPC UA: subscriptions with status codes and source timestamps kept whole."""
