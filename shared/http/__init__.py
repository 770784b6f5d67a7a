"""What stands between the network and a service's routes: limits, hosts, headers."""
