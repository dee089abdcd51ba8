"""What OpenLineage events state, worked out a second time from their raw JSON, so that a server's answers can be checked
against something that shares no code with it."""
