/// What Aeron's archive says is wrong with a request. Gale has no archive: these are for programs that talk to Aeron's.
/// Macros only.
#ifndef AERON_AERON_ARCHIVE_CLIENT_ERROR_H
#define AERON_AERON_ARCHIVE_CLIENT_ERROR_H

#define AERON_ARCHIVE_ERROR_CODE_GENERIC (200)               ///< anything else
#define AERON_ARCHIVE_ERROR_CODE_ACTIVE_LISTING (201)        ///< this session is being told a list already
#define AERON_ARCHIVE_ERROR_CODE_ACTIVE_RECORDING (202)      ///< the stream is being recorded already
#define AERON_ARCHIVE_ERROR_CODE_ACTIVE_SUBSCRIPTION (203)   ///< the subscription is being used already
#define AERON_ARCHIVE_ERROR_CODE_UNKNOWN_SUBSCRIPTION (204)  ///< no such subscription
#define AERON_ARCHIVE_ERROR_CODE_UNKNOWN_RECORDING (205)     ///< no such recording
#define AERON_ARCHIVE_ERROR_CODE_UNKNOWN_REPLAY (206)        ///< no such replay
#define AERON_ARCHIVE_ERROR_CODE_MAX_REPLAYS (207)           ///< as many replays as there may be
#define AERON_ARCHIVE_ERROR_CODE_MAX_RECORDINGS (208)        ///< as many recordings as there may be
/// The recording cannot be gone on with by this stream.
#define AERON_ARCHIVE_ERROR_CODE_INVALID_EXTENSION (209)
#define AERON_ARCHIVE_ERROR_CODE_AUTHENTICATION_REJECTED (210)  ///< who it is was not believed
#define AERON_ARCHIVE_ERROR_CODE_STORAGE_SPACE (211)            ///< the archive has no room
#define AERON_ARCHIVE_ERROR_CODE_UNKNOWN_REPLICATION (212)      ///< no such replication
#define AERON_ARCHIVE_ERROR_CODE_UNAUTHORISED_ACTION (213)      ///< this session may not do that
/// The archive to copy from cannot be reached.
#define AERON_ARCHIVE_ERROR_CODE_REPLICATION_CONNECTION_FAILURE (214)
#define AERON_ARCHIVE_ERROR_CODE_EMPTY_RECORDING (215)   ///< the recording has nothing in it
#define AERON_ARCHIVE_ERROR_CODE_INVALID_POSITION (216)  ///< the position is not in the recording

#endif
