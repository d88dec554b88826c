from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assises.engines.opinion.beta import beta_cdf, beta_quantile
from assises.engines.opinion.intervals import (
    beta_interval,
    exact_lower_bound,
    newcombe_interval,
    wilson_interval,
)
from assises.lib.errors import InputError

# --- the beta distribution


@pytest.mark.parametrize(
    ("a", "b", "q", "x"),
    [
        (2, 3, 0.025, 0.06758598648854294),
        (0.5, 0.5, 0.1, 0.024471741852423214),
        (13.7, 88.2, 0.05, 0.08347895242945214),
        (501, 4501, 0.975, 0.10862879621057432),
        (250_001, 750_001, 0.025, 0.2491522852580574),
        (1, 1e6, 0.5, 6.931469403334938e-07),
        (3.2, 0.7, 0.3, 0.7674248962246673),
    ],
)
def test_quantiles_are_those_that_are_known(a: float, b: float, q: float, x: float) -> None:
    assert beta_quantile(a, b, q) == pytest.approx(x, rel=1e-10)
    assert beta_cdf(a, b, x) == pytest.approx(q, abs=1e-10)


@given(st.floats(0.3, 1e5), st.floats(0.001, 0.999))
def test_powers_have_a_closed_form(a: float, q: float) -> None:
    assert beta_quantile(a, 1.0, q) == pytest.approx(q ** (1 / a), rel=1e-10)
    assert beta_cdf(1.0, a, 0.3) == pytest.approx(-np.expm1(a * np.log(0.7)), rel=1e-10)


@given(st.floats(1, 1e4), st.floats(1, 1e4), st.floats(0.01, 0.99))
def test_a_quantile_undoes_the_distribution(a: float, b: float, q: float) -> None:
    x = beta_quantile(a, b, q)
    assert beta_cdf(a, b, x) == pytest.approx(q, abs=1e-9)
    assert beta_cdf(b, a, 1 - x) == pytest.approx(1 - q, abs=1e-9)


# --- intervals


def test_nobody_of_ten_is_at_most_a_quarter() -> None:
    low, high = beta_interval(0, 10)
    assert low == 0
    assert high == pytest.approx(1 - 0.025 ** (1 / 11))
    low, high = beta_interval([0, 1, np.nan], [0, 1, 5])
    assert low[0] == 0 and high[0] == 1
    assert high[1] == 1 and low[1] == pytest.approx(np.sqrt(0.025))
    assert np.isnan(low[2]) and np.isnan(high[2])


@given(st.floats(0, 500), st.floats(0, 500))
def test_an_interval_holds_its_share(successes: float, more: float) -> None:
    n = successes + more
    for low, high in (beta_interval(successes, n), wilson_interval(successes, n)):
        assert 0 <= low <= high <= 1
        if n > 1e-9:
            assert low - 1e-12 <= successes / n <= high + 1e-12


@given(st.integers(1, 400), st.integers(1, 400))
def test_a_score_interval_ends_where_the_score_test_begins_to_reject(s: int, more: int) -> None:
    n = s + more
    for bound in wilson_interval(s, n):
        z = abs(s / n - bound) / np.sqrt(bound * (1 - bound) / n)
        assert z == pytest.approx(1.959963984540054, rel=1e-9)


def test_a_difference_is_newcombes() -> None:
    # Newcombe (1998), table II, 56/70 against 48/80 and 9/10 against 3/10: method 10.
    low, high = newcombe_interval((np.array([56, 9]), np.array([70, 10])), ([48, 3], [80, 10]))
    np.testing.assert_allclose(low, [0.0524, 0.1705], atol=5e-5)
    np.testing.assert_allclose(high, [0.3339, 0.8090], atol=5e-5)


def test_an_exact_bound_holds_at_every_share() -> None:
    n, s = 12, np.arange(13)
    bound = exact_lower_bound(s, n, 0.9)
    for p in np.linspace(0.01, 0.99, 99):
        first = int(np.searchsorted(bound, p, side="right"))
        missed = beta_cdf(first, n - first + 1, p) if first <= n else 0.0
        assert missed <= 0.1 + 1e-9


def test_successes_beyond_the_trials_are_refused() -> None:
    with pytest.raises(InputError):
        beta_interval(5, 4)
    with pytest.raises(InputError):
        beta_interval(1, 4, level=95)
