package window

// Status says whether a person's windows can be used, or the first reason why not.
type Status string

// The statuses, in the order in which they are looked for.
const (
	NoIndex            Status = "NO_INDEX"              // no index day
	DiedBeforeIndex    Status = "DIED_BEFORE_INDEX"     // died before the index day
	NotObservedAtIndex Status = "NOT_OBSERVED_AT_INDEX" // the index day is not under observation
	HistoryTooShort    Status = "HISTORY_TOO_SHORT"     // observation begins inside the window before
	FollowUpNotDue     Status = "FOLLOW_UP_NOT_DUE"     // the data end inside the window after
	NoFollowUp         Status = "NO_FOLLOW_UP"          // nobody looked at a single day after
	Included           Status = "included"
)

// Statuses lists them all, in order.
var Statuses = []Status{NoIndex, DiedBeforeIndex, NotObservedAtIndex, HistoryTooShort, FollowUpNotDue, NoFollowUp, Included}

// Life is what is known of one person's time. A nil field is not known or did not happen.
type Life struct {
	Index  *Day // the index day
	Joined *Day // first day under observation
	Ended  *Day // last day for which there are data on this person, if the feeds go on longer
	Died   *Day // day of death, the last day observed
	Left   *Day // first day no longer registered
}

// Observed is the time in which the person was under observation while the feeds ran: from the later
// of joining and the feeds' first day, to the earliest of the feeds' end, the person's own end of
// data, death (that day included) and leaving (that day not included). Months that the feeds missed
// are still inside; [Place] takes them out of the days watched.
func (l Life) Observed(feeds Set) Span {
	own := feeds.Hull()
	if l.Joined != nil {
		own.Start = max(own.Start, *l.Joined)
	}
	if l.Ended != nil {
		own.End = min(own.End, *l.Ended+1)
	}
	if l.Died != nil {
		own.End = min(own.End, *l.Died+1)
	}
	if l.Left != nil {
		own.End = min(own.End, *l.Left)
	}
	return own
}

// Placed is one person's windows: where they lie, and how much of them was watched.
type Placed struct {
	Status        Status
	Before, After Span // the windows as the rule puts them
	// The part of each window in which the person was under observation. An event counts if its day
	// lies in here and in the feeds.
	WatchedBefore, WatchedAfter Span
	DaysBefore, DaysAfter       int  // days watched: of the parts above, those the feeds cover
	Complete                    bool // included, and under observation on every day of both windows
}

// Place puts the rule's windows around a person's index day and says how much of them was watched.
// Who is in depends only on what was known at the index day and on the calendar (history long enough,
// follow-up due), never on what happened later: people who die or leave stay in, with their time cut.
func Place(rule Rule, feeds Set, life Life) Placed {
	if life.Index == nil {
		return Placed{Status: NoIndex}
	}
	var p Placed
	p.Before, p.After = rule.Around(*life.Index)
	observed := life.Observed(feeds)
	p.WatchedBefore = p.Before.Intersect(observed)
	p.WatchedAfter = p.After.Intersect(observed)
	p.DaysBefore = feeds.DaysIn(p.WatchedBefore)
	p.DaysAfter = feeds.DaysIn(p.WatchedAfter)
	p.Status = status(p, feeds, life, observed)
	p.Complete = p.Status == Included && p.WatchedBefore == p.Before && p.WatchedAfter == p.After
	return p
}

func status(p Placed, feeds Set, life Life, observed Span) Status {
	// What the calendar allows: the same whether the person stayed or not.
	due := feeds.Hull()
	if life.Ended != nil {
		due.End = min(due.End, *life.Ended+1)
	}
	switch {
	case life.Died != nil && *life.Died < *life.Index:
		return DiedBeforeIndex
	case !observed.Contains(*life.Index):
		return NotObservedAtIndex
	case observed.Start > p.Before.Start || p.DaysBefore == 0:
		return HistoryTooShort
	case p.After.End > due.End:
		return FollowUpNotDue
	case p.DaysAfter == 0:
		return NoFollowUp
	}
	return Included
}
