/// What a driver says is wrong with a request, as positive numbers. aeron_errcode() has them with the sign turned,
/// error handlers and error frames as they are here. Macros only.
#ifndef AERON_AERON_CLIENT_ERROR_H
#define AERON_AERON_CLIENT_ERROR_H

#define AERON_ERROR_CODE_UNKNOWN_CODE_VALUE (-1)   ///< a code that this library does not know
#define AERON_ERROR_CODE_UNUSED (0)                ///< no error
#define AERON_ERROR_CODE_INVALID_CHANNEL (1)       ///< the channel makes no sense, or does not fit what is there
#define AERON_ERROR_CODE_UNKNOWN_SUBSCRIPTION (2)  ///< no subscription has this registration id
#define AERON_ERROR_CODE_UNKNOWN_PUBLICATION (3)   ///< no publication has this registration id
/// An endpoint of a channel failed; the message has the id of its status counter.
#define AERON_ERROR_CODE_CHANNEL_ENDPOINT_ERROR (4)
#define AERON_ERROR_CODE_UNKNOWN_COUNTER (5)                    ///< no counter has this registration id
#define AERON_ERROR_CODE_UNKNOWN_COMMAND_TYPE_ID (6)            ///< the driver does not know the command
#define AERON_ERROR_CODE_MALFORMED_COMMAND (7)                  ///< the command is too short, or its lengths do not fit
#define AERON_ERROR_CODE_NOT_SUPPORTED (8)                      ///< what the channel asks for is not in this driver
#define AERON_ERROR_CODE_UNKNOWN_HOST (9)                       ///< a name that nobody can resolve
#define AERON_ERROR_CODE_RESOURCE_TEMPORARILY_UNAVAILABLE (10)  ///< try again
#define AERON_ERROR_CODE_GENERIC_ERROR (11)        ///< anything else, such as an error of the operating system
#define AERON_ERROR_CODE_STORAGE_SPACE (12)        ///< the file system has no room
#define AERON_ERROR_CODE_IMAGE_REJECTED (13)       ///< a subscriber rejected the stream
#define AERON_ERROR_CODE_PUBLICATION_REVOKED (14)  ///< its publisher revoked the stream

#endif
