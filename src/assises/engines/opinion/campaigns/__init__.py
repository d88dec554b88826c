"""Near-identical ballots, shown as campaigns; nothing is deleted.

A campaign is a set of people whose ballots are copies of one ballot beyond what their opinions
explain. The claim is a bet against a null model and is made only when the bet is won:

* *Null.* Each person has a bent to agree, a bent to pass and a place on two axes, or is of one of
  the latent classes of everyone who is not suspected, whichever explains the ballot best; given
  these, their answers are independent. So popular ballots are common, like-minded people vote alike
  and what other people say at other times is an opinion.
* *Bet.* People are taken in order of arrival. Before each ballot is read, its answers are bet on by
  the ballot that those before it share, each answer kept with probability 1 - e. The stake grows by
  P(ballot | copy) / P(ballot | null), where the null may choose the person's own best place or
  class: under a null that is known its expectation is at most one (universal inference: Wasserman,
  Ramdas and Balakrishnan 2020).
* *Look elsewhere.* Any set of people could have been named, so that the stake is divided by how
  many there are: few if the arrivals of the set follow each other closely, many if it is spread
  out (the number of false alarms of Desolneux, Moisan and Morel 2000). Only the order of arrivals
  enters: a burst of diverse ballots is no campaign and, at a busy hour, evidence counts for less.

The result, ``expected``, bounds the expected number of sets as surprising among independent people.
That holds as far as the null is true, and it is estimated from the same votes. Many people who
think alike about everything, as nobody else does, cannot be told from a campaign by ballots alone
(``./run bench campaigns``).
Candidates are found in near linear time by MinHash (Broder 1997) of (statement, vote) in bands,
each ballot being compared with the next in order of arrival within a bucket.
"""

from assises.engines.opinion.campaigns.claim import Campaign, campaign_label
from assises.engines.opinion.campaigns.search import EXPECTED, FEWEST, SHORTEST, find_campaigns

__all__ = ["EXPECTED", "FEWEST", "SHORTEST", "Campaign", "campaign_label", "find_campaigns"]
