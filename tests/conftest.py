"""What holds for all tests: how long one takes says nothing, as a host may have much else to do."""

from hypothesis import HealthCheck, settings

settings.register_profile("netra", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("netra")
