/* SPDX-License-Identifier: ISC */
/* test/power/graph.h - everything that a store's references reach, looked at twice: by walking it
 * here, and as a repository that git judges. */
#ifndef TEST_POWER_GRAPH_H
#define TEST_POWER_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include "mir/odb.h"

/* Reads all that is reached, and checks that each object is what its id says.  With 'folder' it is
 * written there as a bare repository, too.  False: 'why' says what is missing or wrong. */
bool graph_walk(struct mir_odb *odb, const char *folder, char *why, size_t why_size);

/* git fsck on the folder, which is removed. */
bool graph_fsck(const char *folder, char *why, size_t why_size);

/* Whether 'commit' is 'head' or one of those before it. */
bool graph_has(struct mir_odb *odb, const struct mir_oid *head, const struct mir_oid *commit);

#endif
