/* SPDX-License-Identifier: ISC */
/* sources: fs/store/[a-z]*.c fs/mem/path.c test/power/graph.c */
/* libs: -lz */
/* A disk with a store, as a file: everything that its references reach is read, checked and
 * written to a folder, as a repository for git to judge.
 *
 * Environment: IMAGE   the file
 *              FOLDER  the repository to be */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "fs/store/log.h"
#include "mir/err.h"
#include "test/power/graph.h"
#include "test/support/crashdisk.h"
#include "test/unit/harness.h"

static const struct store_log_limits limits = { 8192, 64, 64 };
static bool looked;

static void
look(void *disk)
{
	char why[200] = "";
	struct store_log_space space;
	struct mir_odb *odb;
	int err = store_log_open_with(disk, &limits, &odb);

	CHECK_MSG(!err, "not opened: %s", mir_err_name(err));
	if (!err) {
		store_log_space(odb, &space);
		printf("# %u objects, %u of %u segments free\n", space.objects, space.free,
		       space.segments);
		CHECK_MSG(graph_walk(odb, getenv("FOLDER"), why, sizeof why), "%s", why);
		store_log_close(odb);
	}
	looked = true;
}

TEST(what_the_references_reach_is_whole)
{
	static struct crashdisk disk;
	const char *image = getenv("IMAGE");
	struct stat st;

	CHECK_MSG(image && getenv("FOLDER") && stat(image, &st) == 0, "want IMAGE and FOLDER");
	crashdisk_make(&disk, (uint64_t)st.st_size / 512, 512, 1);
	CHECK_MSG(crashdisk_load_file(&disk, image), "%s can't be read", image);
	mir_spawn("look", look, &disk.block);
	while (!looked)
		test_run_for(MIR_SEC(1));
	crashdisk_free(&disk);
}
