/* SPDX-License-Identifier: ISC */
/* fs/fat/chain.h - the clusters of a file or a folder, one behind the other. */
#ifndef FS_FAT_CHAIN_H
#define FS_FAT_CHAIN_H

#include "fs/fat/volume.h"

struct fat_extent {			/* Clusters with numbers that follow each other. */
	uint32_t index;			/* Of the first, in the chain. */
	uint32_t cluster, count;
};

struct fat_chain {
	uint32_t start;			/* 0: there is none. */
	uint32_t at, cluster;		/* Where the last walk ended; cluster 0: nowhere. */
	struct fat_extent *extents;	/* The chain's beginning, in order. */
	uint32_t count, room, limit;	/* limit: of 'room'; 0: no extents are kept. */
};

static inline void
fat_chain_init(struct fat_chain *c, uint32_t start, uint32_t limit)
{
	*c = (struct fat_chain){ .start = start, .limit = limit };
}

void fat_chain_free(struct fat_chain *c);	/* Its memory. */
/* What it knows of the clusters from 'index' on is no longer true. */
void fat_chain_cut(struct fat_chain *c, uint32_t index);

/* The clusters from 'index' on: the first's number and how many follow each other on the disk, up
 * to 'most'.  1; 0: the chain ends before; MIR_EPROTO: it leads nowhere. */
int fat_chain_run(struct fat *v, struct fat_chain *c, uint32_t index, uint32_t most,
		  uint32_t *cluster, uint32_t *count);

/* The last cluster and how many there are; MIR_EPROTO also for one without an end. */
int fat_chain_last(struct fat *v, struct fat_chain *c, uint32_t *cluster, uint32_t *count);

#endif
