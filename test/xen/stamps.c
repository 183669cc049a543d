/* SPDX-License-Identifier: ISC */
/* Is a disk as the image boot_disk leaves it?  Each eight bytes say where they stand.
 *
 *	stamps FILE SECTOR-SIZE [SECTORS-NOT-LOOKED-AT]		the last ones; 8 by default */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int
main(int argc, char **argv)
{
	FILE *f = argc > 2 ? fopen(argv[1], "rb") : NULL;
	uint64_t size = f ? strtoul(argv[2], NULL, 10) : 0, word, bytes;
	uint64_t skip = argc > 3 ? strtoul(argv[3], NULL, 10) : 8;

	if (!f || size < 512 || fseek(f, 0, SEEK_END))
		return perror(argc > 1 ? argv[1] : "stamps"), 2;
	bytes = (uint64_t)ftell(f) - skip * size;
	rewind(f);
	for (uint64_t at = 0; at < bytes; at += 8) {
		if (fread(&word, 8, 1, f) != 1)
			return perror(argv[1]), 2;
		if (word != (at / size << 16 | at % size)) {
			printf("sector %llu, byte %llu: 0x%llx\n", (unsigned long long)(at / size),
			       (unsigned long long)(at % size), (unsigned long long)word);
			return 1;
		}
	}
	printf("%llu bytes are right\n", (unsigned long long)bytes);
	return bytes == 0;
}
