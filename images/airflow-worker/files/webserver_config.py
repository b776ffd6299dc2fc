"""A worker serves nothing; the web servers' sign-in stands on the nodes."""
