/* SPDX-License-Identifier: ISC */
/* Discards: the backend's storage forgets in units of its own; what is left over at the ends of a
 * range is left alone. */
#include "drivers/blkfront/blkfront.h"

void
blkfront_whole_units(uint32_t unit, uint32_t first, uint64_t *sector, uint64_t *count)
{
	uint64_t end = *sector + *count, shift, begin;

	if (unit < 2)
		return;
	shift = unit - first % unit;	/* Moves the units to multiples. */
	begin = (*sector + shift + unit - 1) / unit * unit;
	end = (end + shift) / unit * unit;
	*count = end > begin ? end - begin : 0;
	*sector = begin - shift;
}
