package seatmap

// How best available chooses. The answer to a wish is the optimum of what is written here over all free seats: integers
// only, every order total, so that there is one answer and every replica finds it. The tests have a twin that was
// written from this text alone and tries everything.
//
// # Words
//
// A row is a row of the chart, or a table that is sold by seat; such tables are rows without a section. Two seats are
// neighbours if they follow each other in a row and no aisle is between them. A free run is a longest chain of free
// neighbours, of whatever category and kind. A single is a free seat without a free neighbour. A party of n is given n
// seats that are free and pass the filter: category, section and price of one place (in force now) as wished. Whole
// tables, and areas, are given by name only.
//
// A block of k is k neighbours, all of one category. It leaves no single if, on neither side, exactly one seat of its
// free run is left over. Blocks are ordered by the sum of their ranks, then by their first slot.
//
// The event's orphan rule decides which blocks may be taken. With allow and avoid: all. With refuse: those that leave no
// single, and those whose free run has k+1 seats, where no choice of k leaves none.
//
// # Tries
//
// Ordinary seats are those that are neither accessible nor companion seats. The tries are made with ordinary seats only;
// if they fail, they are made again with all seats.
//
//  1. The best block of n that leaves no single. With allow, this try is left out.
//  2. The best block of n. A party that must sit together (require) is refused here if there is none.
//  3. The best split (parties of 2 to MaxSplitParty): two to MaxSplitGroups blocks of one category that together have n
//     seats, one in each of as many rows that follow each other in the same section. (Rows follow each other in a section
//     as they stand in the plan, rows before tables; rows without a section are a section.) Splits are ordered by: fewest
//     groups; fewest groups of one; least sum of ranks; first row, in the order of the plan; category, in that order;
//     the sizes of the groups, from the first on, smaller first; their first slots, likewise.
//  4. Scattered: the n seats of one section with the least distance from the first slot to the last; then the least
//     sum of ranks; then the lowest first slot. If no section has n seats, the same over the whole chart. The orphan
//     rule does not bind a scattered party.
//
// Of a party that takes the best ranks wherever they are (any), the tries are one: the n best seats by rank, then slot;
// with ordinary seats if there are n, else with all. The orphan rule does not bind it.
//
// # Accessible seats
//
// A party that needs k accessible seats is seated with all seats; companion seats count as any other. Only blocks of n
// with at least k accessible seats count in tries 1 and 2, and they are ordered by: fewest accessible seats; least sum
// of ranks; first slot. In try 3 (parties of 2 to 8) the groups together have at least k accessible seats, and a group of
// one is not an accessible seat, so that each has somebody of the party beside it; splits are ordered as above, with
// fewest accessible seats right after fewest groups. There is no try 4: strangers would sit between. any means
// prefer here.
//
// # Chosen seats
//
// With refuse, a choice of seats (hold, sale, or what a change adds) is refused if in some free run it leaves a single,
// unless exactly one seat of the run is left over: then no choice of as many seats in that run leaves none. What a
// change gives back counts as free before the choice. The seats of a table sold by seat are in a row here, too.
//
// # Cost
//
// For parties of up to maxTreeParty, tries 1 to 3, best ranks and refusals take time logarithmic in the number of rows,
// beside a look at each row that changed since the last party of that size asked. Try 4 takes time linear in the rows that
// have a free seat. Parties that need accessible seats take time linear in the rows that have some free, and those around
// them. Larger parties take time linear in all rows: at 100,000 seats up to 0.15 ms together, 4 ms split; an event that allows
// eight places in a hold never meets them.

const (
	// MaxSplitGroups bounds the rows over which a party is split.
	MaxSplitGroups = 4
	// MaxSplitParty bounds the parties that are split over neighbouring rows. Larger ones are scattered.
	MaxSplitParty = 32
	// MaxWishKeys bounds the categories, and the sections, that one wish names.
	MaxWishKeys = 100
	// maxTreeParty is the largest party for which trees are kept. Larger ones are looked for row by row.
	maxTreeParty = 8
)
