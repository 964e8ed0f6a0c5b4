"""Tools that set up, run and deploy Callboard; none of them is needed by the running system."""
