"""Durable saves beside a bare route of the same server process: CPU, throughput and latency."""
