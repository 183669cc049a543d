/* SPDX-License-Identifier: ISC */
/* Plain replay of a fuzzer's inputs: each file that is named, and each in a folder that is named,
 * once, in the order of the names.  Needs no libFuzzer: any compiler, debugger or coverage tool
 * will do. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "test/fuzz/fuzz.h"

static unsigned replayed;

/* The bytes in memory of just their size, so that the address sanitizer sees a byte too many. */
static void
replay_file(const char *path, size_t size)
{
	FILE *f = fopen(path, "rb");
	uint8_t *bytes = malloc(size);

	if (!f || fread(bytes, 1, size, f) != size) {
		fprintf(stderr, "%s: can't be read\n", path);
		exit(2);
	}
	fclose(f);
	fprintf(stderr, "%s\n", path);	/* The last one said is the one that broke something. */
	LLVMFuzzerTestOneInput(bytes, size);
	free(bytes);
	replayed++;
}

static void replay(const char *path);

static void
replay_folder(const char *path)
{
	struct dirent **names;
	int n = scandir(path, &names, NULL, alphasort);
	char file[1024];

	for (int i = 0; i < n; i++) {
		snprintf(file, sizeof file, "%s/%s", path, names[i]->d_name);
		if (names[i]->d_name[0] != '.')
			replay(file);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

static void
replay(const char *path)
{
	struct stat st;

	if (stat(path, &st)) {
		fprintf(stderr, "%s: no such file or folder\n", path);
		exit(2);
	}
	if (S_ISDIR(st.st_mode))
		replay_folder(path);
	else
		replay_file(path, (size_t)st.st_size);
}

int
main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "use: %s FILE|FOLDER...\n", argv[0]);
		return 2;
	}
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	printf("%u\n", replayed);
	return 0;
}
