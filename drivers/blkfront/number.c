/* SPDX-License-Identifier: ISC */
/* Which disk a vbd is: xvda, hda and sda are 0 (docs/man/xen-vbd-interface.7). */
#include "drivers/blkfront/blkfront.h"

#define EXTENDED	(1u << 28)	/* xvd, with room for many disks. */

unsigned
blkfront_number(unsigned id)
{
	unsigned minor = id & 0xff;

	if (id & EXTENDED)
		return id >> 8 & 0xfffff;
	switch (id >> 8) {
	case 3:				/* hda, hdb */
		return minor >> 6;
	case 22:			/* hdc, hdd */
		return 2 + (minor >> 6);
	default:			/* xvd and sd, 202 and 8 */
		return minor >> 4;
	}
}
