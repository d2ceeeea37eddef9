/* A main for each fuzzer that runs it on the files named: what a fuzzer found
 * once is tried by every `make asan`, without libFuzzer. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
	FILE *f = fopen(path, "rb");
	long size = -1;

	if (f && fseek(f, 0, SEEK_END) == 0)
		size = ftell(f);
	if (size < 0) {
		perror(path);
		return 1;
	}
	rewind(f);
	/* Exactly as large as the input, so that a sanitizer sees over-reads. */
	uint8_t *data = malloc(size ? (size_t)size : 1);
	size_t n = fread(data, 1, (size_t)size, f);
	fclose(f);
	printf("%s\n", path);
	fflush(stdout);
	LLVMFuzzerTestOneInput(data, n);
	free(data);
	return 0;
}

int main(int argc, char **argv)
{
	int failed = 0;

	for (int i = 1; i < argc; i++)
		failed |= replay(argv[i]);
	return failed;
}
