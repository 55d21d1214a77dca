/// Files, mapped and otherwise, and directories. Where nothing else is said: 0, or -1 with what the system says, and
/// EINVAL for nulls; from any thread.
#ifndef AERON_AERON_FILEUTIL_H
#define AERON_AERON_FILEUTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AERON_PUBLICATIONS_DIR "publications"
#define AERON_IMAGES_DIR "images"

/// A whole file in memory. Whoever mapped it unmaps it.
typedef struct aeron_mapped_file_stct {
    void* addr;
    size_t length;
} aeron_mapped_file_t;

/// A part of one.
typedef struct aeron_mapped_buffer_stct {
    uint8_t* addr;
    size_t length;
} aeron_mapped_buffer_t;

/// A log in memory: three terms, and the page that describes it.
typedef struct aeron_mapped_raw_log_stct {
    aeron_mapped_buffer_t term_buffers[3];
    aeron_mapped_buffer_t log_meta_data;
    aeron_mapped_file_t mapped_file;
    size_t term_length;
} aeron_mapped_raw_log_t;

/// Maps a whole regular file, to be written to, or only read.
int aeron_map_existing_file(aeron_mapped_file_t* mapped_file, const char* path);
int aeron_map_readonly_file(aeron_mapped_file_t* mapped_file, const char* path);
/// Makes the file, as long as `mapped_file->length` says; EEXIST when it is there.
int aeron_map_new_file(aeron_mapped_file_t* mapped_file, const char* path, bool fill_with_zeroes);
int aeron_unmap(aeron_mapped_file_t* mapped_file);
/// Waits until what was changed in memory is on the disk. `addr` is the begin of a page.
int aeron_msync(void* addr, size_t length);

/// Makes and maps a log: all zero, its metadata, too. Sparse ones get their storage when they are touched. EINVAL for
/// lengths that logs cannot have: see aeron_logbuffer_check_term_length() and aeron_logbuffer_check_page_size().
int aeron_raw_log_map(aeron_mapped_raw_log_t* mapped_raw_log, const char* path, bool use_sparse_files,
                      uint64_t term_length, uint64_t page_size);
/// Maps a log that is there, after a look whether its lengths agree with one another. `pre_touch` brings its pages in.
int aeron_raw_log_map_existing(aeron_mapped_raw_log_t* mapped_raw_log, const char* path, bool pre_touch);
/// Unmaps a log and removes its file, if `filename` is not null. True when all of that is done, so that one may call
/// again: what is unmapped already stays so.
bool aeron_raw_log_free(aeron_mapped_raw_log_t* mapped_raw_log, const char* filename);

/// Bytes of the file, or -1.
int64_t aeron_file_length(const char* path);
/// Whether anything has that name. False for null.
bool aeron_file_exists(const char* path);
/// 1 when a directory has that name, otherwise 0.
int aeron_is_directory(const char* path);
/// Removes one file, or an empty directory.
int aeron_delete_file(const char* path);
/// Makes the directory, and those above it that are missing, with the bits of `permission` that the process allows.
/// Fine when it is there.
int aeron_mkdir_recursive(const char* pathname, int permission);
/// A FILE to be closed by the caller, which writes behind what is there; null with the error set.
void* aeron_open_file_append(const char* path);
/// Where a FILE stands, in bytes, or -1.
int64_t aeron_ftell(void* stream);

/// Writes the path without links and dots, and answers `resolved_path`; null with the error set, ENAMETOOLONG when
/// there is no room for it.
const char* aeron_realpath(const char* path, char* resolved_path, size_t resolved_path_len);
/// Write `parent/child`, or where a log lies below a driver's directory, cut to the room there is; return the length
/// that it needs without its zero, or -1.
int aeron_file_resolve(const char* parent, const char* child, char* buffer, size_t buffer_len);
int aeron_ipc_publication_location(char* dst, size_t length, const char* aeron_dir, int64_t correlation_id);
int aeron_network_publication_location(char* dst, size_t length, const char* aeron_dir, int64_t correlation_id);
int aeron_publication_image_location(char* dst, size_t length, const char* aeron_dir, int64_t correlation_id);

/// Writes the directory for temporary files, $TMPDIR or else /tmp, and answers `path`; null with the error set,
/// ENAMETOOLONG when there is no room.
const char* aeron_tmpdir(char* path, size_t path_len);
/// Makes a directory for this user alone, there or where `dir_template` leads if it has a slash, and answers its path,
/// which is good until the same thread's next call; null with the error set. Six X at the end of the template, or
/// behind it, become what no other has.
const char* aeron_temp_dir(const char* dir_template);
/// Writes the path of a temporary file that nobody else has, and that is not there, and returns its length; 0 with the
/// error set, ENAMETOOLONG when there is no room.
size_t aeron_temp_filename(char* filename, size_t length);

/// Bytes that this user may still store where `path` is, or 0 with the error set; and for those who do not want to
/// know, 2^64 - 1.
uint64_t aeron_usable_fs_space(const char* path);
uint64_t aeron_usable_fs_space_disabled(const char* path);

#ifdef __cplusplus
}
#endif

#endif
