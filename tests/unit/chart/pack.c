#include "unit/chart/pack.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "data/gzip.h"

#include <assert.h>
#include <stdio.h>

enum { BLOCK = 512 };

void pack_entry(struct buf *tar, char type, const char *name, struct str data)
{
	char header[BLOCK] = { 0 };
	unsigned sum = 0;

	assert(strlen(name) <= 100);
	memcpy(header, name, strlen(name));
	snprintf(header + 100, 8, "%07o", 0644u);
	snprintf(header + 124, 12, "%011o", (unsigned)data.n);
	header[156] = type;
	memcpy(header + 257,
	       "ustar\0"
	       "00",
	       8);
	memset(header + 148, ' ', 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)header[i];
	snprintf(header + 148, 8, "%06o", sum);
	buf_add(tar, header, BLOCK);
	buf_add_str(tar, data);
	while (tar->len % BLOCK)
		buf_add_char(tar, '\0');
}

void pack_end(struct buf *tar, struct buf *out)
{
	static const char zeros[2 * BLOCK];
	AUTO_ERR err = ERR_INIT;
	bool ok;

	buf_add(tar, zeros, sizeof(zeros));
	ok = gzip_write(buf_str(tar), 1, out, &err);
	assert(ok);
	(void)ok;
}

void pack_files(const char *folder, const struct folder_file *files,
		struct buf *out)
{
	AUTO_BUF tar = BUF_INIT(LIMIT_CHART_TAR_BYTES);

	for (; files->path; files++) {
		AUTO_FREE char *name =
			alloc_print("%s/%s", folder, files->path);

		pack_entry(&tar, '0', name, str_of(files->text));
	}
	pack_end(&tar, out);
}
