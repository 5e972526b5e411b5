#include "stats/kept.hpp"

#include "stats/entries.hpp"

extern "C" {
#include "pgstat.h"
#include "port/pg_crc32c.h"
#include "storage/fd.h"
}

namespace pg_tenant::stats {
namespace {

constexpr const char *kFile = PGSTAT_STAT_PERMANENT_DIRECTORY "/pg_tenant.stat";
constexpr const char *kNewFile = PGSTAT_STAT_PERMANENT_DIRECTORY "/pg_tenant.stat.new";
constexpr uint32 kMagic = 0x7067746e;

struct Header {
	uint32 magic;
	uint32 entry_size; // another one is another version's
	int64 count;
	Kept kept;
};

struct File {
	FILE *stream;
	pg_crc32c sum;
	bool is_whole;

	void write(const void *bytes, Size size) {
		COMP_CRC32C(sum, bytes, size);
		is_whole = is_whole && fwrite(bytes, size, 1, stream) == 1;
	}

	bool read(void *bytes, Size size) {
		is_whole = is_whole && fread(bytes, size, 1, stream) == 1;
		if (is_whole)
			COMP_CRC32C(sum, bytes, size);
		return is_whole;
	}
};

File on(FILE *stream) {
	File file = {stream, 0, true};
	INIT_CRC32C(file.sum);
	return file;
}

bool is_sum_right(File *file) {
	pg_crc32c sum = file->sum;
	FIN_CRC32C(sum);
	pg_crc32c kept;
	return file->is_whole && fread(&kept, sizeof(kept), 1, file->stream) == 1 && EQ_CRC32C(kept, sum) &&
		   fgetc(file->stream) == EOF;
}

// Looks only, so that nothing of a damaged file is entered.
bool is_right(FILE *stream, Header *header) {
	File file = on(stream);
	if (!file.read(header, sizeof(*header)) || header->magic != kMagic || header->entry_size != sizeof(Entry))
		return false;
	Entry entry;
	for (int64 i = 0; i < header->count && file.is_whole; i++)
		(void)file.read(&entry, sizeof(entry));
	return is_sum_right(&file);
}

void enter_all(FILE *stream, int64 count) {
	Entry kept;
	for (int64 i = 0; i < count && fread(&kept, sizeof(kept), 1, stream) == 1; i++) {
		Entry *entry = enter(kept.key);
		if (entry == nullptr)
			entry = enter({kept.key.database, 0, {}});
		if (entry != nullptr)
			add_counters(&entry->counted, kept.counted);
		if (entry != nullptr && is_same_key(entry->key, kept.key))
			entry->is_named = kept.is_named;
	}
}

} // namespace

void keep_entries(const Kept &kept) {
	FILE *stream = AllocateFile(kNewFile, PG_BINARY_W);
	if (stream == nullptr) {
		ereport(LOG, (errcode_for_file_access(), errmsg("could not write file \"%s\": %m", kNewFile)));
		return;
	}
	File file = on(stream);
	const Header header = {kMagic, sizeof(Entry), entry_count(), kept};
	file.write(&header, sizeof(header));
	for_each_entry([&](Entry *entry) {
		file.write(entry, sizeof(*entry));
		return file.is_whole;
	});
	FIN_CRC32C(file.sum);
	const bool is_whole = file.is_whole && fwrite(&file.sum, sizeof(file.sum), 1, stream) == 1;
	if (FreeFile(stream) != 0 || !is_whole) {
		ereport(LOG, (errcode_for_file_access(), errmsg("could not write file \"%s\": %m", kNewFile)));
		(void)unlink(kNewFile);
		return;
	}
	(void)durable_rename(kNewFile, kFile, LOG);
}

Kept take_kept_entries() {
	FILE *stream = AllocateFile(kFile, PG_BINARY_R);
	if (stream == nullptr) {
		if (errno != ENOENT)
			ereport(LOG, (errcode_for_file_access(), errmsg("could not read file \"%s\": %m", kFile)));
		return {};
	}
	Header header = {};
	const bool is_usable = is_right(stream, &header) && fseek(stream, sizeof(header), SEEK_SET) == 0;
	if (is_usable)
		enter_all(stream, header.count);
	else
		ereport(LOG, (errmsg("ignoring what was counted of tenants in file \"%s\"", kFile),
					  errdetail("It is damaged, or another version's.")));
	(void)FreeFile(stream);
	(void)unlink(kFile);
	return is_usable ? header.kept : Kept{};
}

} // namespace pg_tenant::stats
