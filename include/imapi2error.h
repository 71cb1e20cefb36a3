/* The results of IMAPI2 that COM itself does not define.
 * Who includes it: clients, after windows.h or objbase.h (C and C++), and the server's own rooms.
 * Every code has its text in idl/imapi2_messages.mc, so FormatMessage on imapi2.dll can say it.
 * What it must not know: interfaces; those are in imapi2.h.
 * The values are fixed: programs compare with them and log them. */
#ifndef OI_IMAPI2ERROR_H
#define OI_IMAPI2ERROR_H

#ifndef FACILITY_IMAPI2
#define FACILITY_IMAPI2 170
#endif

/* clang-format off */

/* == Successes that say more than S_OK == */

/* The recorder does not have the write speed asked for. The nearest one is used. */
#define S_IMAPI_SPEEDADJUSTED ((HRESULT)0x00AA0004L)

/* The recorder does not have the rotation type asked for. Another one is used. */
#define S_IMAPI_ROTATIONADJUSTED ((HRESULT)0x00AA0005L)

/* The recorder has neither the speed nor the rotation asked for. Others are used. */
#define S_IMAPI_BOTHADJUSTED ((HRESULT)0x00AA0006L)

/* The recorder took the command and returned sense data. */
#define S_IMAPI_COMMAND_HAS_SENSE_DATA ((HRESULT)0x00AA0200L)

/* No write is running, so there is nothing to cancel. */
#define S_IMAPI_WRITE_NOT_IN_PROGRESS ((HRESULT)0x00AA0302L)

/* The track has an index at this offset already. */
#define S_IMAPI_RAW_IMAGE_TRACK_INDEX_ALREADY_EXISTS ((HRESULT)0x00AA0A08L)

/* == Any writer == */

/* The write was cancelled. */
#define E_IMAPI_REQUEST_CANCELLED ((HRESULT)0xC0AA0002L)

/* No recorder has been chosen. */
#define E_IMAPI_RECORDER_REQUIRED ((HRESULT)0xC0AA0003L)

/* The disc was written, but reading it back found differences. */
#define E_IMAPI_BURN_VERIFICATION_FAILED ((HRESULT)0xC0AA0007L)

/* == Recorders == */

/* The recorder does not have this mode page. */
#define E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE ((HRESULT)0xC0AA0201L)

/* There is no disc in the recorder. */
#define E_IMAPI_RECORDER_MEDIA_NO_MEDIA ((HRESULT)0xC0AA0202L)

/* The recorder cannot use a disc of this format. */
#define E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE ((HRESULT)0xC0AA0203L)

/* The disc lies upside down. */
#define E_IMAPI_RECORDER_MEDIA_UPSIDE_DOWN ((HRESULT)0xC0AA0204L)

/* The disc is not ready yet. Try again shortly. */
#define E_IMAPI_RECORDER_MEDIA_BECOMING_READY ((HRESULT)0xC0AA0205L)

/* The disc is being formatted. Wait until this has ended. */
#define E_IMAPI_RECORDER_MEDIA_FORMAT_IN_PROGRESS ((HRESULT)0xC0AA0206L)

/* The recorder is still busy with an earlier operation. Wait until it has ended. */
#define E_IMAPI_RECORDER_MEDIA_BUSY ((HRESULT)0xC0AA0207L)

/* The recorder refuses these mode parameters. */
#define E_IMAPI_RECORDER_INVALID_MODE_PARAMETERS ((HRESULT)0xC0AA0208L)

/* The disc is write protected. */
#define E_IMAPI_RECORDER_MEDIA_WRITE_PROTECTED ((HRESULT)0xC0AA0209L)

/* The recorder does not have this feature. */
#define E_IMAPI_RECORDER_NO_SUCH_FEATURE ((HRESULT)0xC0AA020AL)

/* The recorder has this feature, but not with the disc that is in it. */
#define E_IMAPI_RECORDER_FEATURE_IS_NOT_CURRENT ((HRESULT)0xC0AA020BL)

/* The recorder cannot tell its features: it has no GET CONFIGURATION command. */
#define E_IMAPI_RECORDER_GET_CONFIGURATION_NOT_SUPPORTED ((HRESULT)0xC0AA020CL)

/* The recorder did not answer in time. */
#define E_IMAPI_RECORDER_COMMAND_TIMEOUT ((HRESULT)0xC0AA020DL)

/* The disc does not have this structure. */
#define E_IMAPI_RECORDER_DVD_STRUCTURE_NOT_PRESENT ((HRESULT)0xC0AA020EL)

/* The recorder cannot write a disc of this speed class. */
#define E_IMAPI_RECORDER_MEDIA_SPEED_MISMATCH ((HRESULT)0xC0AA020FL)

/* Another program holds the recorder exclusively. */
#define E_IMAPI_RECORDER_LOCKED ((HRESULT)0xC0AA0210L)

/* The client name is not valid. */
#define E_IMAPI_RECORDER_CLIENT_NAME_IS_NOT_VALID ((HRESULT)0xC0AA0211L)

/* The disc must be formatted first. */
#define E_IMAPI_RECORDER_MEDIA_NOT_FORMATTED ((HRESULT)0xC0AA0212L)

/* The recorder gave an answer that cannot be right. */
#define E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE ((HRESULT)0xC0AA02FFL)

/* == IWriteEngine2 == */

/* The data did not reach the recorder fast enough. */
#define E_IMAPI_LOSS_OF_STREAMING ((HRESULT)0xC0AA0300L)

/* The recorder reported an error that the write cannot recover from. */
#define E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE ((HRESULT)0xC0AA0301L)

/* == IDiscFormat2Data == */

/* A write is running. */
#define E_IMAPI_DF2DATA_WRITE_IN_PROGRESS ((HRESULT)0xC0AA0400L)

/* No write is running. */
#define E_IMAPI_DF2DATA_WRITE_NOT_IN_PROGRESS ((HRESULT)0xC0AA0401L)

/* A disc in this state does not have this property. */
#define E_IMAPI_DF2DATA_INVALID_MEDIA_STATE ((HRESULT)0xC0AA0402L)

/* The data stream cannot be written. Its size must be a multiple of 2048 bytes. */
#define E_IMAPI_DF2DATA_STREAM_NOT_SUPPORTED ((HRESULT)0xC0AA0403L)

/* The data does not fit on the disc. */
#define E_IMAPI_DF2DATA_STREAM_TOO_LARGE_FOR_CURRENT_MEDIA ((HRESULT)0xC0AA0404L)

/* The disc is not blank and may not be overwritten. */
#define E_IMAPI_DF2DATA_MEDIA_NOT_BLANK ((HRESULT)0xC0AA0405L)

/* Data cannot be written to a disc of this kind. */
#define E_IMAPI_DF2DATA_MEDIA_IS_NOT_SUPPORTED ((HRESULT)0xC0AA0406L)

/* The recorder cannot write data. */
#define E_IMAPI_DF2DATA_RECORDER_NOT_SUPPORTED ((HRESULT)0xC0AA0407L)

/* The client name is not valid. */
#define E_IMAPI_DF2DATA_CLIENT_NAME_IS_NOT_VALID ((HRESULT)0xC0AA0408L)

/* == IDiscFormat2TrackAtOnce == */

/* A track is being written. */
#define E_IMAPI_DF2TAO_WRITE_IN_PROGRESS ((HRESULT)0xC0AA0500L)

/* No track is being written. */
#define E_IMAPI_DF2TAO_WRITE_NOT_IN_PROGRESS ((HRESULT)0xC0AA0501L)

/* The disc has not been prepared. */
#define E_IMAPI_DF2TAO_MEDIA_IS_NOT_PREPARED ((HRESULT)0xC0AA0502L)

/* The disc is prepared. Release it first. */
#define E_IMAPI_DF2TAO_MEDIA_IS_PREPARED ((HRESULT)0xC0AA0503L)

/* This property can be changed for a blank disc only. */
#define E_IMAPI_DF2TAO_PROPERTY_FOR_BLANK_MEDIA_ONLY ((HRESULT)0xC0AA0504L)

/* A blank disc has no table of contents. */
#define E_IMAPI_DF2TAO_TABLE_OF_CONTENTS_EMPTY_DISC ((HRESULT)0xC0AA0505L)

/* The disc is not blank. */
#define E_IMAPI_DF2TAO_MEDIA_IS_NOT_BLANK ((HRESULT)0xC0AA0506L)

/* Audio tracks cannot be written to a disc of this kind. */
#define E_IMAPI_DF2TAO_MEDIA_IS_NOT_SUPPORTED ((HRESULT)0xC0AA0507L)

/* The disc has 99 tracks. No more can be added. */
#define E_IMAPI_DF2TAO_TRACK_LIMIT_REACHED ((HRESULT)0xC0AA0508L)

/* The track does not fit on the disc. */
#define E_IMAPI_DF2TAO_NOT_ENOUGH_SPACE ((HRESULT)0xC0AA0509L)

/* No recorder has been chosen. */
#define E_IMAPI_DF2TAO_NO_RECORDER_SPECIFIED ((HRESULT)0xC0AA050AL)

/* The international standard recording code is not valid. */
#define E_IMAPI_DF2TAO_INVALID_ISRC ((HRESULT)0xC0AA050BL)

/* The media catalogue number is not valid. */
#define E_IMAPI_DF2TAO_INVALID_MCN ((HRESULT)0xC0AA050CL)

/* The audio stream cannot be written. */
#define E_IMAPI_DF2TAO_STREAM_NOT_SUPPORTED ((HRESULT)0xC0AA050DL)

/* The recorder cannot write audio tracks. */
#define E_IMAPI_DF2TAO_RECORDER_NOT_SUPPORTED ((HRESULT)0xC0AA050EL)

/* The client name is not valid. */
#define E_IMAPI_DF2TAO_CLIENT_NAME_IS_NOT_VALID ((HRESULT)0xC0AA050FL)

/* == IDiscFormat2RawCD == */

/* A write is running. */
#define E_IMAPI_DF2RAW_WRITE_IN_PROGRESS ((HRESULT)0xC0AA0600L)

/* No write is running. */
#define E_IMAPI_DF2RAW_WRITE_NOT_IN_PROGRESS ((HRESULT)0xC0AA0601L)

/* The disc has not been prepared. */
#define E_IMAPI_DF2RAW_MEDIA_IS_NOT_PREPARED ((HRESULT)0xC0AA0602L)

/* The disc is prepared. Release it first. */
#define E_IMAPI_DF2RAW_MEDIA_IS_PREPARED ((HRESULT)0xC0AA0603L)

/* The client name is not valid. */
#define E_IMAPI_DF2RAW_CLIENT_NAME_IS_NOT_VALID ((HRESULT)0xC0AA0604L)

/* The disc is not blank. */
#define E_IMAPI_DF2RAW_MEDIA_IS_NOT_BLANK ((HRESULT)0xC0AA0606L)

/* A raw image cannot be written to a disc of this kind. */
#define E_IMAPI_DF2RAW_MEDIA_IS_NOT_SUPPORTED ((HRESULT)0xC0AA0607L)

/* The image does not fit on the disc. */
#define E_IMAPI_DF2RAW_NOT_ENOUGH_SPACE ((HRESULT)0xC0AA0609L)

/* No recorder has been chosen. */
#define E_IMAPI_DF2RAW_NO_RECORDER_SPECIFIED ((HRESULT)0xC0AA060AL)

/* The image cannot be written. */
#define E_IMAPI_DF2RAW_STREAM_NOT_SUPPORTED ((HRESULT)0xC0AA060DL)

/* The recorder cannot write sectors of the kind asked for. */
#define E_IMAPI_DF2RAW_DATA_BLOCK_TYPE_NOT_SUPPORTED ((HRESULT)0xC0AA060EL)

/* The lead-in of the image is too short. */
#define E_IMAPI_DF2RAW_STREAM_LEADIN_TOO_SHORT ((HRESULT)0xC0AA060FL)

/* The recorder cannot write raw images. */
#define E_IMAPI_DF2RAW_RECORDER_NOT_SUPPORTED ((HRESULT)0xC0AA0610L)

/* == IDiscFormat2Erase. The first nine have another severity than the rest of this file == */

/* The recorder is in use. */
#define E_IMAPI_ERASE_RECORDER_IN_USE ((HRESULT)0x80AA0900L)

/* A recorder is chosen already. Clear it before another one is set. */
#define E_IMAPI_ERASE_ONLY_ONE_RECORDER_SUPPORTED ((HRESULT)0x80AA0901L)

/* The recorder told too little about the disc. */
#define E_IMAPI_ERASE_DISC_INFORMATION_TOO_SMALL ((HRESULT)0x80AA0902L)

/* The recorder told too little about its capabilities. */
#define E_IMAPI_ERASE_MODE_PAGE_2A_TOO_SMALL ((HRESULT)0x80AA0903L)

/* The disc cannot be erased. */
#define E_IMAPI_ERASE_MEDIA_IS_NOT_ERASABLE ((HRESULT)0x80AA0904L)

/* The recorder failed to erase the disc. */
#define E_IMAPI_ERASE_DRIVE_FAILED_ERASE_COMMAND ((HRESULT)0x80AA0905L)

/* The disc was not erased within an hour. */
#define E_IMAPI_ERASE_TOOK_LONGER_THAN_ONE_HOUR ((HRESULT)0x80AA0906L)

/* The recorder gave an unexpected answer while it erased the disc. */
#define E_IMAPI_ERASE_UNEXPECTED_DRIVE_RESPONSE_DURING_ERASE ((HRESULT)0x80AA0907L)

/* The recorder failed to spin up the disc. */
#define E_IMAPI_ERASE_DRIVE_FAILED_SPINUP_COMMAND ((HRESULT)0x80AA0908L)

/* A disc of this kind cannot be erased. */
#define E_IMAPI_ERASE_MEDIA_IS_NOT_SUPPORTED ((HRESULT)0xC0AA0909L)

/* The recorder cannot erase discs. */
#define E_IMAPI_ERASE_RECORDER_NOT_SUPPORTED ((HRESULT)0xC0AA090AL)

/* The client name is not valid. */
#define E_IMAPI_ERASE_CLIENT_NAME_IS_NOT_VALID ((HRESULT)0xC0AA090BL)

/* == IRawCDImageCreator and IRawCDImageTrackInfo == */

/* The image is finished and can no longer be changed. */
#define E_IMAPI_RAW_IMAGE_IMAGE_IS_READ_ONLY ((HRESULT)0x80AA0A00L)

/* The image has 99 tracks. No more can be added. */
#define E_IMAPI_RAW_IMAGE_TOO_MANY_TRACKS ((HRESULT)0x80AA0A01L)

/* The image cannot hold sectors of this kind. */
#define E_IMAPI_RAW_IMAGE_SECTOR_TYPE_NOT_SUPPORTED ((HRESULT)0x80AA0A02L)

/* The image has no track. */
#define E_IMAPI_RAW_IMAGE_NO_TRACKS ((HRESULT)0x80AA0A03L)

/* This can be done only before the first track is added. */
#define E_IMAPI_RAW_IMAGE_TRACKS_ALREADY_ADDED ((HRESULT)0x80AA0A04L)

/* The track would pass the limit of the lead-out. */
#define E_IMAPI_RAW_IMAGE_INSUFFICIENT_SPACE ((HRESULT)0x80AA0A05L)

/* The track has 99 indexes. No more can be added. */
#define E_IMAPI_RAW_IMAGE_TOO_MANY_TRACK_INDEXES ((HRESULT)0x80AA0A06L)

/* The track has no index at this offset. */
#define E_IMAPI_RAW_IMAGE_TRACK_INDEX_NOT_FOUND ((HRESULT)0x80AA0A07L)

/* The index at offset 0 cannot be removed. */
#define E_IMAPI_RAW_IMAGE_TRACK_INDEX_OFFSET_ZERO_CANNOT_BE_CLEARED ((HRESULT)0x80AA0A09L)

/* Indexes must be at least 10 sectors apart. */
#define E_IMAPI_RAW_IMAGE_TRACK_INDEX_TOO_CLOSE_TO_OTHER_INDEX ((HRESULT)0x80AA0A0AL)

/* clang-format on */

#endif
