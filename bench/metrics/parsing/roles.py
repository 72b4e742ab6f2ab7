"""The words that carry the grammar of a claim, in any dataset. Data of the parser; `grammar.py` says what each role does."""

ROLES: dict[str, str] = {
    "change": "change; associate with; correlate with; deal with; link to; tie to; vary; alter; differ; different; modify; "
    "adjust; variation; transition; control; encode; affect; govern; determine; represent; capture; evolve; "
    "influence; manipulate; various; modulate; interpolate; correspond; progress; cycle; drive; tune; responsible; "
    "decide; define; specify; account; describe; reflect; relate; variety; adjustment; alteration; modification; "
    "difference; dictate; regulate; switch; toggle; sweep",
    "rise": "increase; grow; rise; raise; climb; expand; larger; greater; higher; bigger; gain; growth; ascend; enlarge; "
    "up; upward; longer; wider",
    "fall": "lowered; decrease; fall; drop; reduce; shrink; diminish; decline; smaller; lower; less; lessen; reduction; "
    "down; downward; dwindle; lose; shorter; narrower",
    "same": "stay; remain; constant; same; fixed; unchanged; unchanging; unaltered; unaffected; static; stationary; keep; "
    "preserve; maintain; retain; hold; identical; consistent; invariant; stable; untouched; unmoved; unvarying; "
    "motionless; intact; immobile; unmodified; uniform; freeze; locked; leave",
    "halt": "in place; on the spot; in the same place; in the same position; in the same spot; stay put; stay where it is",
    "not": "not; no; never; without; neither; nor; cannot; lack; absence; nothing; none; hardly; no longer; devoid; "
    "barely; depend on; ignore",
    "whatever": "rather than; instead of; as opposed to; regardless of; irrespective of; independent of; whatever; no matter; "
    "unlike",
    "choice": "whether; between",
    "plain": "at once; not only; not just; not merely; not simply; nothing but; constant rate; constant speed; constant "
    "pace; steady rate; same time; same direction; same rate; uniform rate; steady pace; no doubt; upside down; "
    "slow down; speed up; make up; in the end; right angle; small amount; large amount; small step; large step; in "
    "turn; take place; little by little; keep on; take shape; great deal; low value; high value; to a large extent; "
    "to a small extent; in the same way",
    "except": "except; except for; apart from; aside from; other than; besides; everything but; all but; with the exception of",
    "from": "from; start; begin; initial; at first; originally; out of",
    "early": "first; early; leftmost image; leftmost frame; leftmost panel; first image; first frame; first panel; start of "
    "the strip; start of the row; left end; left end of the strip; beginning",
    "to": "to; end; finish; finally; until; eventually; at last; arrive; reach; end up",
    "late": "last; late; rightmost image; rightmost frame; rightmost panel; last image; last frame; last panel; final; "
    "final image; final frame; final panel; end of the strip; end of the row; right end; right end of the strip",
    "become": "become; into; turn into; get; end up as; replace by; give way to; swap for; swap with",
    "move": "move; translation; shift; slide; drift; travel; translate; glide; migrate; float; motion; movement; displace; "
    "displacement; jump; scroll; pan; creep; wander; relocate; reposition; march; nudge; push; pull; dart; "
    "transport; cross; inch; slip; crawl; hop; carry; drag; sail; swim; advance; fly; walk; bob; path; trajectory; "
    "hover; sway",
    "drift": "go; come; head; further; farther; closer; nearer; tend; toward; more to; run; lead; bring; send; take; proceed",
    "undo": "back and forth; to and fro; oscillate; alternate; fluctuate; return; revert; go back; come back; back to its; "
    "bounce; and back; then back; shuttle; reverse; oscillation; expand and contract; in and out; back again; "
    "periodically",
    "when": "when; whenever; if; given that; given; provided; in the case of; in case; under the condition; only where; so "
    "long as; as long as; conditional on; conditioned on; assuming; unless",
    "for": "for; among",
    "of": "of",
    "possessive": "possessive",
    "and": "and; so do; or; vs; versus; then; also; as well as; along with; together with; plus",
    "clause": "but; while; whereas; although; though; whilst; however; with; so that; such that; because; thus; yet; thereby; "
    "since; meanwhile; despite; alongside; instead",
    "as": "as",
    "which": "which; that; who",
    "rows": "between row; between the different row; from row to row; from one row to the next",
    "latent": "latent; latent variable; latent value; latent dimension; variable; dimension; unit; code; latent code; slider; "
    "knob; parameter; value; latent unit; z; latent factor; hidden unit; feature; factor",
    "reader": "we; you; one; reader; eye; row; strip; sequence; series; read; scan; look; view; traverse; see; frame; image; "
    "picture; panel",
    "it": "it; they; object; figure; sprite; there; everything; thing; item",
}
