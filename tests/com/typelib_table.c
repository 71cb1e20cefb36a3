#include "typelib_table.h"

/* What the library must hold, written down from the published description of IMAPI2 and not from
 * Imapi2.idl: the two are compared by test_typelib.c, so a slip in one is seen.
 *
 * A type library keeps one spelling per name, whatever the case, and the first one wins: that is
 * why parameters called count and recorder appear as Count and Recorder here, like the members
 * that come before them, and why the second parameter of AcquireExclusiveAccess must not be called
 * clientName. */

/* clang-format off */

static const struct member IDiscMaster2_members[] = {
    { 7, GET, -4, "_NewEnum", "out retval IEnumVARIANT**" },
    { 8, GET, 0x0, "Item", "in I4 index, out retval BSTR*" },
    { 9, GET, 0x1, "Count", "out retval I4*" },
    { 10, GET, 0x2, "IsSupportedEnvironment", "out retval BOOL*" },
};

static const struct member DDiscMaster2Events_members[] = {
    { 7, METHOD, 0x100, "NotifyDeviceAdded", "in DISPATCH object, in BSTR uniqueId" },
    { 8, METHOD, 0x101, "NotifyDeviceRemoved", "in DISPATCH object, in BSTR uniqueId" },
};

static const struct member IDiscRecorder2Ex_members[] = {
    { 3, METHOD, NO_DISPID, "SendCommandNoData",
      "in UI1* Cdb, in UI4 CdbSize, out UI1[18] SenseBuffer, in UI4 Timeout" },
    { 4, METHOD, NO_DISPID, "SendCommandSendDataToDevice",
      "in UI1* Cdb, in UI4 CdbSize, out UI1[18] SenseBuffer, in UI4 Timeout, "
      "in UI1* Buffer, in UI4 BufferSize" },
    { 5, METHOD, NO_DISPID, "SendCommandGetDataFromDevice",
      "in UI1* Cdb, in UI4 CdbSize, out UI1[18] SenseBuffer, in UI4 Timeout, "
      "out UI1* Buffer, in UI4 BufferSize, out UI4* BufferFetched" },
    { 6, METHOD, NO_DISPID, "ReadDvdStructure",
      "in UI4 format, in UI4 address, in UI4 layer, in UI4 agid, out UI1** data, "
      "out UI4* Count" },
    { 7, METHOD, NO_DISPID, "SendDvdStructure", "in UI4 format, in UI1* data, in UI4 Count" },
    { 8, METHOD, NO_DISPID, "GetAdapterDescriptor", "out UI1** data, out UI4* byteSize" },
    { 9, METHOD, NO_DISPID, "GetDeviceDescriptor", "out UI1** data, out UI4* byteSize" },
    { 10, METHOD, NO_DISPID, "GetDiscInformation", "out UI1** discInformation, out UI4* byteSize" },
    { 11, METHOD, NO_DISPID, "GetTrackInformation",
      "in UI4 address, in _IMAPI_READ_TRACK_ADDRESS_TYPE addressType, "
      "out UI1** trackInformation, out UI4* byteSize" },
    { 12, METHOD, NO_DISPID, "GetFeaturePage",
      "in _IMAPI_FEATURE_PAGE_TYPE requestedFeature, in I1 currentFeatureOnly, "
      "out UI1** featureData, out UI4* byteSize" },
    { 13, METHOD, NO_DISPID, "GetModePage",
      "in _IMAPI_MODE_PAGE_TYPE requestedModePage, "
      "in _IMAPI_MODE_PAGE_REQUEST_TYPE requestType, out UI1** modePageData, "
      "out UI4* byteSize" },
    { 14, METHOD, NO_DISPID, "SetModePage",
      "in _IMAPI_MODE_PAGE_REQUEST_TYPE requestType, in UI1* data, in UI4 byteSize" },
    { 15, METHOD, NO_DISPID, "GetSupportedFeaturePages",
      "in I1 currentFeatureOnly, out _IMAPI_FEATURE_PAGE_TYPE** featureData, "
      "out UI4* byteSize" },
    { 16, METHOD, NO_DISPID, "GetSupportedProfiles",
      "in I1 currentOnly, out _IMAPI_PROFILE_TYPE** profileTypes, out UI4* validProfiles" },
    { 17, METHOD, NO_DISPID, "GetSupportedModePages",
      "in _IMAPI_MODE_PAGE_REQUEST_TYPE requestType, "
      "out _IMAPI_MODE_PAGE_TYPE** modePageTypes, out UI4* validPages" },
    { 18, METHOD, NO_DISPID, "GetByteAlignmentMask", "out UI4* value" },
    { 19, METHOD, NO_DISPID, "GetMaximumNonPageAlignedTransferSize", "out UI4* value" },
    { 20, METHOD, NO_DISPID, "GetMaximumPageAlignedTransferSize", "out UI4* value" },
};

static const struct member IDiscRecorder2_members[] = {
    { 7, METHOD, 0x100, "EjectMedia", "" },
    { 8, METHOD, 0x101, "CloseTray", "" },
    { 9, METHOD, 0x102, "AcquireExclusiveAccess",
      "in BOOL force, in BSTR __MIDL__IDiscRecorder20000" },
    { 10, METHOD, 0x103, "ReleaseExclusiveAccess", "" },
    { 11, METHOD, 0x104, "DisableMcn", "" },
    { 12, METHOD, 0x105, "EnableMcn", "" },
    { 13, METHOD, 0x106, "InitializeDiscRecorder", "in BSTR recorderUniqueId" },
    { 14, GET, 0x0, "ActiveDiscRecorder", "out retval BSTR*" },
    { 15, GET, 0x201, "VendorId", "out retval BSTR*" },
    { 16, GET, 0x202, "ProductId", "out retval BSTR*" },
    { 17, GET, 0x203, "ProductRevision", "out retval BSTR*" },
    { 18, GET, 0x204, "VolumeName", "out retval BSTR*" },
    { 19, GET, 0x205, "VolumePathNames", "out retval SAFEARRAY(VARIANT)*" },
    { 20, GET, 0x206, "DeviceCanLoadMedia", "out retval BOOL*" },
    { 21, GET, 0x207, "LegacyDeviceNumber", "out retval I4*" },
    { 22, GET, 0x208, "SupportedFeaturePages", "out retval SAFEARRAY(VARIANT)*" },
    { 23, GET, 0x209, "CurrentFeaturePages", "out retval SAFEARRAY(VARIANT)*" },
    { 24, GET, 0x20A, "SupportedProfiles", "out retval SAFEARRAY(VARIANT)*" },
    { 25, GET, 0x20B, "CurrentProfiles", "out retval SAFEARRAY(VARIANT)*" },
    { 26, GET, 0x20C, "SupportedModePages", "out retval SAFEARRAY(VARIANT)*" },
    { 27, GET, 0x20D, "ExclusiveAccessOwner", "out retval BSTR*" },
};

static const struct member IWriteEngine2_members[] = {
    { 7, METHOD, 0x200, "WriteSection",
      "in IStream* data, in I4 startingBlockAddress, in I4 numberOfBlocks" },
    { 8, METHOD, 0x201, "CancelWrite", "" },
    { 9, PUT, 0x100, "Recorder", "in IDiscRecorder2Ex*" },
    { 10, GET, 0x100, "Recorder", "out retval IDiscRecorder2Ex**" },
    { 11, PUT, 0x101, "UseStreamingWrite12", "in BOOL" },
    { 12, GET, 0x101, "UseStreamingWrite12", "out retval BOOL*" },
    { 13, PUT, 0x102, "StartingSectorsPerSecond", "in I4" },
    { 14, GET, 0x102, "StartingSectorsPerSecond", "out retval I4*" },
    { 15, PUT, 0x103, "EndingSectorsPerSecond", "in I4" },
    { 16, GET, 0x103, "EndingSectorsPerSecond", "out retval I4*" },
    { 17, PUT, 0x104, "BytesPerSector", "in I4" },
    { 18, GET, 0x104, "BytesPerSector", "out retval I4*" },
    { 19, GET, 0x105, "WriteInProgress", "out retval BOOL*" },
};

static const struct member IWriteEngine2EventArgs_members[] = {
    { 7, GET, 0x100, "StartLba", "out retval I4*" },
    { 8, GET, 0x101, "SectorCount", "out retval I4*" },
    { 9, GET, 0x102, "LastReadLba", "out retval I4*" },
    { 10, GET, 0x103, "LastWrittenLba", "out retval I4*" },
    { 11, GET, 0x106, "TotalSystemBuffer", "out retval I4*" },
    { 12, GET, 0x107, "UsedSystemBuffer", "out retval I4*" },
    { 13, GET, 0x108, "FreeSystemBuffer", "out retval I4*" },
};

static const struct member DWriteEngine2Events_members[] = {
    { 7, METHOD, 0x100, "Update", "in DISPATCH object, in DISPATCH progress" },
};

static const struct member IDiscFormat2_members[] = {
    { 7, METHOD, 0x800, "IsRecorderSupported",
      "in IDiscRecorder2* Recorder, out retval BOOL* value" },
    { 8, METHOD, 0x801, "IsCurrentMediaSupported",
      "in IDiscRecorder2* Recorder, out retval BOOL* value" },
    { 9, GET, 0x700, "MediaPhysicallyBlank", "out retval BOOL*" },
    { 10, GET, 0x701, "MediaHeuristicallyBlank", "out retval BOOL*" },
    { 11, GET, 0x702, "SupportedMediaTypes", "out retval SAFEARRAY(VARIANT)*" },
};

static const struct member IDiscFormat2Erase_members[] = {
    { 12, PUT, 0x100, "Recorder", "in IDiscRecorder2*" },
    { 13, GET, 0x100, "Recorder", "out retval IDiscRecorder2**" },
    { 14, PUT, 0x101, "FullErase", "in BOOL" },
    { 15, GET, 0x101, "FullErase", "out retval BOOL*" },
    { 16, GET, 0x102, "CurrentPhysicalMediaType", "out retval _IMAPI_MEDIA_PHYSICAL_TYPE*" },
    { 17, PUT, 0x103, "ClientName", "in BSTR" },
    { 18, GET, 0x103, "ClientName", "out retval BSTR*" },
    { 19, METHOD, 0x201, "EraseMedia", "" },
};

static const struct member DDiscFormat2EraseEvents_members[] = {
    { 7, METHOD, 0x200, "Update",
      "in DISPATCH object, in I4 elapsedSeconds, in I4 estimatedTotalSeconds" },
};

static const struct member IDiscFormat2Data_members[] = {
    { 12, PUT, 0x100, "Recorder", "in IDiscRecorder2*" },
    { 13, GET, 0x100, "Recorder", "out retval IDiscRecorder2**" },
    { 14, PUT, 0x101, "BufferUnderrunFreeDisabled", "in BOOL" },
    { 15, GET, 0x101, "BufferUnderrunFreeDisabled", "out retval BOOL*" },
    { 16, PUT, 0x104, "PostgapAlreadyInImage", "in BOOL" },
    { 17, GET, 0x104, "PostgapAlreadyInImage", "out retval BOOL*" },
    { 18, GET, 0x106, "CurrentMediaStatus", "out retval _IMAPI_FORMAT2_DATA_MEDIA_STATE*" },
    { 19, GET, 0x107, "WriteProtectStatus", "out retval _IMAPI_MEDIA_WRITE_PROTECT_STATE*" },
    { 20, GET, 0x108, "TotalSectorsOnMedia", "out retval I4*" },
    { 21, GET, 0x109, "FreeSectorsOnMedia", "out retval I4*" },
    { 22, GET, 0x10A, "NextWritableAddress", "out retval I4*" },
    { 23, GET, 0x10B, "StartAddressOfPreviousSession", "out retval I4*" },
    { 24, GET, 0x10C, "LastWrittenAddressOfPreviousSession", "out retval I4*" },
    { 25, PUT, 0x10D, "ForceMediaToBeClosed", "in BOOL" },
    { 26, GET, 0x10D, "ForceMediaToBeClosed", "out retval BOOL*" },
    { 27, PUT, 0x10E, "DisableConsumerDvdCompatibilityMode", "in BOOL" },
    { 28, GET, 0x10E, "DisableConsumerDvdCompatibilityMode", "out retval BOOL*" },
    { 29, GET, 0x10F, "CurrentPhysicalMediaType", "out retval _IMAPI_MEDIA_PHYSICAL_TYPE*" },
    { 30, PUT, 0x110, "ClientName", "in BSTR" },
    { 31, GET, 0x110, "ClientName", "out retval BSTR*" },
    { 32, GET, 0x111, "RequestedWriteSpeed", "out retval I4*" },
    { 33, GET, 0x112, "RequestedRotationTypeIsPureCAV", "out retval BOOL*" },
    { 34, GET, 0x113, "CurrentWriteSpeed", "out retval I4*" },
    { 35, GET, 0x114, "CurrentRotationTypeIsPureCAV", "out retval BOOL*" },
    { 36, GET, 0x115, "SupportedWriteSpeeds", "out retval SAFEARRAY(VARIANT)*" },
    { 37, GET, 0x116, "SupportedWriteSpeedDescriptors", "out retval SAFEARRAY(VARIANT)*" },
    { 38, PUT, 0x117, "ForceOverwrite", "in BOOL" },
    { 39, GET, 0x117, "ForceOverwrite", "out retval BOOL*" },
    { 40, GET, 0x118, "MultisessionInterfaces", "out retval SAFEARRAY(VARIANT)*" },
    { 41, METHOD, 0x200, "Write", "in IStream* data" },
    { 42, METHOD, 0x201, "CancelWrite", "" },
    { 43, METHOD, 0x202, "SetWriteSpeed",
      "in I4 RequestedSectorsPerSecond, in BOOL RotationTypeIsPureCAV" },
};

static const struct member DDiscFormat2DataEvents_members[] = {
    { 7, METHOD, 0x200, "Update", "in DISPATCH object, in DISPATCH progress" },
};

static const struct member IDiscFormat2DataEventArgs_members[] = {
    { 14, GET, 0x300, "ElapsedTime", "out retval I4*" },
    { 15, GET, 0x301, "RemainingTime", "out retval I4*" },
    { 16, GET, 0x302, "TotalTime", "out retval I4*" },
    { 17, GET, 0x303, "CurrentAction", "out retval _IMAPI_FORMAT2_DATA_WRITE_ACTION*" },
};

static const struct member IDiscFormat2TrackAtOnce_members[] = {
    { 12, METHOD, 0x200, "PrepareMedia", "" },
    { 13, METHOD, 0x201, "AddAudioTrack", "in IStream* data" },
    { 14, METHOD, 0x202, "CancelAddTrack", "" },
    { 15, METHOD, 0x203, "ReleaseMedia", "" },
    { 16, METHOD, 0x204, "SetWriteSpeed",
      "in I4 RequestedSectorsPerSecond, in BOOL RotationTypeIsPureCAV" },
    { 17, PUT, 0x100, "Recorder", "in IDiscRecorder2*" },
    { 18, GET, 0x100, "Recorder", "out retval IDiscRecorder2**" },
    { 19, PUT, 0x102, "BufferUnderrunFreeDisabled", "in BOOL" },
    { 20, GET, 0x102, "BufferUnderrunFreeDisabled", "out retval BOOL*" },
    { 21, GET, 0x103, "NumberOfExistingTracks", "out retval I4*" },
    { 22, GET, 0x104, "TotalSectorsOnMedia", "out retval I4*" },
    { 23, GET, 0x105, "FreeSectorsOnMedia", "out retval I4*" },
    { 24, GET, 0x106, "UsedSectorsOnMedia", "out retval I4*" },
    { 25, PUT, 0x107, "DoNotFinalizeMedia", "in BOOL" },
    { 26, GET, 0x107, "DoNotFinalizeMedia", "out retval BOOL*" },
    { 27, GET, 0x10A, "ExpectedTableOfContents", "out retval SAFEARRAY(VARIANT)*" },
    { 28, GET, 0x10B, "CurrentPhysicalMediaType", "out retval _IMAPI_MEDIA_PHYSICAL_TYPE*" },
    { 29, PUT, 0x10E, "ClientName", "in BSTR" },
    { 30, GET, 0x10E, "ClientName", "out retval BSTR*" },
    { 31, GET, 0x10F, "RequestedWriteSpeed", "out retval I4*" },
    { 32, GET, 0x110, "RequestedRotationTypeIsPureCAV", "out retval BOOL*" },
    { 33, GET, 0x111, "CurrentWriteSpeed", "out retval I4*" },
    { 34, GET, 0x112, "CurrentRotationTypeIsPureCAV", "out retval BOOL*" },
    { 35, GET, 0x113, "SupportedWriteSpeeds", "out retval SAFEARRAY(VARIANT)*" },
    { 36, GET, 0x114, "SupportedWriteSpeedDescriptors", "out retval SAFEARRAY(VARIANT)*" },
};

static const struct member DDiscFormat2TrackAtOnceEvents_members[] = {
    { 7, METHOD, 0x200, "Update", "in DISPATCH object, in DISPATCH progress" },
};

static const struct member IDiscFormat2TrackAtOnceEventArgs_members[] = {
    { 14, GET, 0x300, "CurrentTrackNumber", "out retval I4*" },
    { 15, GET, 0x301, "CurrentAction", "out retval _IMAPI_FORMAT2_TAO_WRITE_ACTION*" },
    { 16, GET, 0x302, "ElapsedTime", "out retval I4*" },
    { 17, GET, 0x303, "RemainingTime", "out retval I4*" },
};

static const struct member IDiscFormat2RawCD_members[] = {
    { 12, METHOD, 0x200, "PrepareMedia", "" },
    { 13, METHOD, 0x201, "WriteMedia", "in IStream* data" },
    { 14, METHOD, 0x202, "WriteMedia2", "in IStream* data, in I4 streamLeadInSectors" },
    { 15, METHOD, 0x203, "CancelWrite", "" },
    { 16, METHOD, 0x204, "ReleaseMedia", "" },
    { 17, METHOD, 0x205, "SetWriteSpeed",
      "in I4 RequestedSectorsPerSecond, in BOOL RotationTypeIsPureCAV" },
    { 18, PUT, 0x100, "Recorder", "in IDiscRecorder2*" },
    { 19, GET, 0x100, "Recorder", "out retval IDiscRecorder2**" },
    { 20, PUT, 0x102, "BufferUnderrunFreeDisabled", "in BOOL" },
    { 21, GET, 0x102, "BufferUnderrunFreeDisabled", "out retval BOOL*" },
    { 22, GET, 0x103, "StartOfNextSession", "out retval I4*" },
    { 23, GET, 0x104, "LastPossibleStartOfLeadout", "out retval I4*" },
    { 24, GET, 0x105, "CurrentPhysicalMediaType", "out retval _IMAPI_MEDIA_PHYSICAL_TYPE*" },
    { 25, GET, 0x108, "SupportedSectorTypes", "out retval SAFEARRAY(VARIANT)*" },
    { 26, PUT, 0x109, "RequestedSectorType", "in _IMAPI_FORMAT2_RAW_CD_DATA_SECTOR_TYPE" },
    { 27, GET, 0x109, "RequestedSectorType", "out retval _IMAPI_FORMAT2_RAW_CD_DATA_SECTOR_TYPE*" },
    { 28, PUT, 0x10A, "ClientName", "in BSTR" },
    { 29, GET, 0x10A, "ClientName", "out retval BSTR*" },
    { 30, GET, 0x10B, "RequestedWriteSpeed", "out retval I4*" },
    { 31, GET, 0x10C, "RequestedRotationTypeIsPureCAV", "out retval BOOL*" },
    { 32, GET, 0x10D, "CurrentWriteSpeed", "out retval I4*" },
    { 33, GET, 0x10E, "CurrentRotationTypeIsPureCAV", "out retval BOOL*" },
    { 34, GET, 0x10F, "SupportedWriteSpeeds", "out retval SAFEARRAY(VARIANT)*" },
    { 35, GET, 0x110, "SupportedWriteSpeedDescriptors", "out retval SAFEARRAY(VARIANT)*" },
};

static const struct member DDiscFormat2RawCDEvents_members[] = {
    { 7, METHOD, 0x200, "Update", "in DISPATCH object, in DISPATCH progress" },
};

static const struct member IDiscFormat2RawCDEventArgs_members[] = {
    { 14, GET, 0x301, "CurrentAction", "out retval _IMAPI_FORMAT2_RAW_CD_WRITE_ACTION*" },
    { 15, GET, 0x302, "ElapsedTime", "out retval I4*" },
    { 16, GET, 0x303, "RemainingTime", "out retval I4*" },
};

static const struct member IBurnVerification_members[] = {
    { 3, PUT, NO_DISPID, "BurnVerificationLevel", "in _IMAPI_BURN_VERIFICATION_LEVEL" },
    { 4, GET, NO_DISPID, "BurnVerificationLevel", "out _IMAPI_BURN_VERIFICATION_LEVEL*" },
};

static const struct member IWriteSpeedDescriptor_members[] = {
    { 7, GET, 0x101, "MediaType", "out retval _IMAPI_MEDIA_PHYSICAL_TYPE*" },
    { 8, GET, 0x102, "RotationTypeIsPureCAV", "out retval BOOL*" },
    { 9, GET, 0x103, "WriteSpeed", "out retval I4*" },
};

static const struct member IMultisession_members[] = {
    { 7, GET, 0x100, "IsSupportedOnCurrentMediaState", "out retval BOOL*" },
    { 8, PUT, 0x101, "InUse", "in BOOL" },
    { 9, GET, 0x101, "InUse", "out retval BOOL*" },
    { 10, GET, 0x102, "ImportRecorder", "out retval IDiscRecorder2**" },
};

static const struct member IMultisessionSequential_members[] = {
    { 11, GET, 0x200, "IsFirstDataSession", "out retval BOOL*" },
    { 12, GET, 0x201, "StartAddressOfPreviousSession", "out retval I4*" },
    { 13, GET, 0x202, "LastWrittenAddressOfPreviousSession", "out retval I4*" },
    { 14, GET, 0x203, "NextWritableAddress", "out retval I4*" },
    { 15, GET, 0x204, "FreeSectorsOnMedia", "out retval I4*" },
};

static const struct member IMultisessionSequential2_members[] = {
    { 16, GET, 0x205, "WriteUnitSize", "out retval I4*" },
};

static const struct member IMultisessionRandomWrite_members[] = {
    { 11, GET, 0x205, "WriteUnitSize", "out retval I4*" },
    { 12, GET, 0x206, "LastWrittenAddress", "out retval I4*" },
    { 13, GET, 0x207, "TotalSectorsOnMedia", "out retval I4*" },
};

static const struct member IStreamPseudoRandomBased_members[] = {
    { 14, METHOD, NO_DISPID, "put_Seed", "in UI4 value" },
    { 15, METHOD, NO_DISPID, "get_Seed", "out UI4* value" },
    { 16, METHOD, NO_DISPID, "put_ExtendedSeed", "in UI4* values, in UI4 eCount" },
    { 17, METHOD, NO_DISPID, "get_ExtendedSeed", "out UI4** values, out UI4* eCount" },
};

static const struct member IStreamConcatenate_members[] = {
    { 14, METHOD, NO_DISPID, "Initialize", "in IStream* stream1, in IStream* stream2" },
    { 15, METHOD, NO_DISPID, "Initialize2", "in IStream** streams, in UI4 streamCount" },
    { 16, METHOD, NO_DISPID, "Append", "in IStream* stream" },
    { 17, METHOD, NO_DISPID, "Append2", "in IStream** streams, in UI4 streamCount" },
};

static const struct member IStreamInterleave_members[] = {
    { 14, METHOD, NO_DISPID, "Initialize",
      "in IStream** streams, in UI4* interleaveSizes, in UI4 streamCount" },
};

static const struct member IRawCDImageCreator_members[] = {
    { 7, METHOD, 0x200, "CreateResultImage", "out retval IStream** resultStream" },
    { 8, METHOD, 0x201, "AddTrack",
      "in _IMAPI_CD_SECTOR_TYPE dataType, in IStream* data, out retval I4* trackIndex" },
    { 9, METHOD, 0x202, "AddSpecialPregap", "in IStream* data" },
    { 10, METHOD, 0x203, "AddSubcodeRWGenerator", "in IStream* subcode" },
    { 11, PUT, 0x100, "ResultingImageType", "in _IMAPI_FORMAT2_RAW_CD_DATA_SECTOR_TYPE" },
    { 12, GET, 0x100, "ResultingImageType", "out retval _IMAPI_FORMAT2_RAW_CD_DATA_SECTOR_TYPE*" },
    { 13, GET, 0x101, "StartOfLeadout", "out retval I4*" },
    { 14, PUT, 0x102, "StartOfLeadoutLimit", "in I4" },
    { 15, GET, 0x102, "StartOfLeadoutLimit", "out retval I4*" },
    { 16, PUT, 0x103, "DisableGaplessAudio", "in BOOL" },
    { 17, GET, 0x103, "DisableGaplessAudio", "out retval BOOL*" },
    { 18, PUT, 0x104, "MediaCatalogNumber", "in BSTR" },
    { 19, GET, 0x104, "MediaCatalogNumber", "out retval BSTR*" },
    { 20, PUT, 0x105, "StartingTrackNumber", "in I4" },
    { 21, GET, 0x105, "StartingTrackNumber", "out retval I4*" },
    { 22, GET, 0x106, "TrackInfo", "in I4 trackIndex, out retval IRawCDImageTrackInfo**" },
    { 23, GET, 0x107, "NumberOfExistingTracks", "out retval I4*" },
    { 24, GET, 0x108, "LastUsedUserSectorInImage", "out retval I4*" },
    { 25, GET, 0x109, "ExpectedTableOfContents", "out retval SAFEARRAY(VARIANT)*" },
};

static const struct member IRawCDImageTrackInfo_members[] = {
    { 7, GET, 0x100, "StartingLba", "out retval I4*" },
    { 8, GET, 0x101, "SectorCount", "out retval I4*" },
    { 9, GET, 0x102, "TrackNumber", "out retval I4*" },
    { 10, GET, 0x103, "SectorType", "out retval _IMAPI_CD_SECTOR_TYPE*" },
    { 11, GET, 0x104, "ISRC", "out retval BSTR*" },
    { 12, PUT, 0x104, "ISRC", "in BSTR" },
    { 13, GET, 0x105, "DigitalAudioCopySetting",
      "out retval _IMAPI_CD_TRACK_DIGITAL_COPY_SETTING*" },
    { 14, PUT, 0x105, "DigitalAudioCopySetting", "in _IMAPI_CD_TRACK_DIGITAL_COPY_SETTING" },
    { 15, GET, 0x106, "AudioHasPreemphasis", "out retval BOOL*" },
    { 16, PUT, 0x106, "AudioHasPreemphasis", "in BOOL" },
    { 17, GET, 0x107, "TrackIndexes", "out retval SAFEARRAY(VARIANT)*" },
    { 18, METHOD, 0x200, "AddTrackIndex", "in I4 lbaOffset" },
    { 19, METHOD, 0x201, "ClearTrackIndex", "in I4 lbaOffset" },
};

static const struct member IBlockRange_members[] = {
    { 7, GET, 0x100, "StartLba", "out retval I4*" },
    { 8, GET, 0x101, "EndLba", "out retval I4*" },
};

static const struct member IBlockRangeList_members[] = {
    { 7, GET, 0x100, "BlockRanges", "out retval SAFEARRAY(VARIANT)*" },
};

#define MEMBERS(name) name##_members, sizeof name##_members / sizeof name##_members[0]
const struct interface_row typelib_interfaces[] = {
    { "IDiscMaster2", "{27354130-7F64-5B0F-8F00-5D77AFBE261E}",
      "IDispatch", 0x11C0, MEMBERS(IDiscMaster2) },
    { "DDiscMaster2Events", "{27354131-7F64-5B0F-8F00-5D77AFBE261E}",
      "IDispatch", 0x1180, MEMBERS(DDiscMaster2Events) },
    { "IDiscRecorder2Ex", "{27354132-7F64-5B0F-8F00-5D77AFBE261E}",
      "IUnknown", 0, MEMBERS(IDiscRecorder2Ex) },
    { "IDiscRecorder2", "{27354133-7F64-5B0F-8F00-5D77AFBE261E}",
      "IDispatch", 0x11C0, MEMBERS(IDiscRecorder2) },
    { "IWriteEngine2", "{27354135-7F64-5B0F-8F00-5D77AFBE261E}",
      "IDispatch", 0x11C0, MEMBERS(IWriteEngine2) },
    { "IWriteEngine2EventArgs", "{27354136-7F64-5B0F-8F00-5D77AFBE261E}",
      "IDispatch", 0x11C0, MEMBERS(IWriteEngine2EventArgs) },
    { "DWriteEngine2Events", "{27354137-7F64-5B0F-8F00-5D77AFBE261E}",
      "IDispatch", 0x1180, MEMBERS(DWriteEngine2Events) },
    { "IDiscFormat2", "{27354152-8F64-5B0F-8F00-5D77AFBE261E}",
      "IDispatch", 0x11C0, MEMBERS(IDiscFormat2) },
    { "IDiscFormat2Erase", "{27354156-8F64-5B0F-8F00-5D77AFBE261E}",
      "IDiscFormat2", 0x11C0, MEMBERS(IDiscFormat2Erase) },
    { "DDiscFormat2EraseEvents", "{2735413A-7F64-5B0F-8F00-5D77AFBE261E}",
      "IDispatch", 0x1180, MEMBERS(DDiscFormat2EraseEvents) },
    { "IDiscFormat2Data", "{27354153-9F64-5B0F-8F00-5D77AFBE261E}",
      "IDiscFormat2", 0x11C0, MEMBERS(IDiscFormat2Data) },
    { "DDiscFormat2DataEvents", "{2735413C-7F64-5B0F-8F00-5D77AFBE261E}",
      "IDispatch", 0x1180, MEMBERS(DDiscFormat2DataEvents) },
    { "IDiscFormat2DataEventArgs", "{2735413D-7F64-5B0F-8F00-5D77AFBE261E}",
      "IWriteEngine2EventArgs", 0x11C0, MEMBERS(IDiscFormat2DataEventArgs) },
    { "IDiscFormat2TrackAtOnce", "{27354154-8F64-5B0F-8F00-5D77AFBE261E}",
      "IDiscFormat2", 0x11C0, MEMBERS(IDiscFormat2TrackAtOnce) },
    { "DDiscFormat2TrackAtOnceEvents", "{2735413F-7F64-5B0F-8F00-5D77AFBE261E}",
      "IDispatch", 0x1180, MEMBERS(DDiscFormat2TrackAtOnceEvents) },
    { "IDiscFormat2TrackAtOnceEventArgs", "{27354140-7F64-5B0F-8F00-5D77AFBE261E}",
      "IWriteEngine2EventArgs", 0x11C0, MEMBERS(IDiscFormat2TrackAtOnceEventArgs) },
    { "IDiscFormat2RawCD", "{27354155-8F64-5B0F-8F00-5D77AFBE261E}",
      "IDiscFormat2", 0x11C0, MEMBERS(IDiscFormat2RawCD) },
    { "DDiscFormat2RawCDEvents", "{27354142-7F64-5B0F-8F00-5D77AFBE261E}",
      "IDispatch", 0x1180, MEMBERS(DDiscFormat2RawCDEvents) },
    { "IDiscFormat2RawCDEventArgs", "{27354143-7F64-5B0F-8F00-5D77AFBE261E}",
      "IWriteEngine2EventArgs", 0x11C0, MEMBERS(IDiscFormat2RawCDEventArgs) },
    { "IBurnVerification", "{D2FFD834-958B-426D-8470-2A13879C6A91}",
      "IUnknown", 0, MEMBERS(IBurnVerification) },
    { "IWriteSpeedDescriptor", "{27354144-7F64-5B0F-8F00-5D77AFBE261E}",
      "IDispatch", 0x1140, MEMBERS(IWriteSpeedDescriptor) },
    { "IMultisession", "{27354150-7F64-5B0F-8F00-5D77AFBE261E}",
      "IDispatch", 0x1140, MEMBERS(IMultisession) },
    { "IMultisessionSequential", "{27354151-7F64-5B0F-8F00-5D77AFBE261E}",
      "IMultisession", 0x1140, MEMBERS(IMultisessionSequential) },
    { "IMultisessionSequential2", "{B507CA22-2204-11DD-966A-001AA01BBC58}",
      "IMultisessionSequential", 0x1140, MEMBERS(IMultisessionSequential2) },
    { "IMultisessionRandomWrite", "{B507CA23-2204-11DD-966A-001AA01BBC58}",
      "IMultisession", 0x1140, MEMBERS(IMultisessionRandomWrite) },
    { "IStreamPseudoRandomBased", "{27354145-7F64-5B0F-8F00-5D77AFBE261E}",
      "IStream", 0, MEMBERS(IStreamPseudoRandomBased) },
    { "IStreamConcatenate", "{27354146-7F64-5B0F-8F00-5D77AFBE261E}",
      "IStream", 0, MEMBERS(IStreamConcatenate) },
    { "IStreamInterleave", "{27354147-7F64-5B0F-8F00-5D77AFBE261E}",
      "IStream", 0, MEMBERS(IStreamInterleave) },
    { "IRawCDImageCreator", "{25983550-9D65-49CE-B335-40630D901227}",
      "IDispatch", 0x11C0, MEMBERS(IRawCDImageCreator) },
    { "IRawCDImageTrackInfo", "{25983551-9D65-49CE-B335-40630D901227}",
      "IDispatch", 0x11C0, MEMBERS(IRawCDImageTrackInfo) },
    { "IBlockRange", "{B507CA25-2204-11DD-966A-001AA01BBC58}",
      "IDispatch", 0x1140, MEMBERS(IBlockRange) },
    { "IBlockRangeList", "{B507CA26-2204-11DD-966A-001AA01BBC58}",
      "IDispatch", 0x1140, MEMBERS(IBlockRangeList) },
};
const size_t typelib_interface_count = sizeof typelib_interfaces / sizeof typelib_interfaces[0];

static const char *const copied_names[] = {
    "ISequentialStream", "IStream", "IConnectionPointContainer", "IConnectionPoint",
    "IEnumConnections", "IEnumConnectionPoints",
};
const char *const *const typelib_copied = copied_names;
const size_t typelib_copied_count = sizeof copied_names / sizeof copied_names[0];

static const struct enum_value IMAPI_MEDIA_PHYSICAL_TYPE_values[] = {
    { "IMAPI_MEDIA_TYPE_UNKNOWN", 0 },
    { "IMAPI_MEDIA_TYPE_CDROM", 1 },
    { "IMAPI_MEDIA_TYPE_CDR", 2 },
    { "IMAPI_MEDIA_TYPE_CDRW", 3 },
    { "IMAPI_MEDIA_TYPE_DVDROM", 4 },
    { "IMAPI_MEDIA_TYPE_DVDRAM", 5 },
    { "IMAPI_MEDIA_TYPE_DVDPLUSR", 6 },
    { "IMAPI_MEDIA_TYPE_DVDPLUSRW", 7 },
    { "IMAPI_MEDIA_TYPE_DVDPLUSR_DUALLAYER", 8 },
    { "IMAPI_MEDIA_TYPE_DVDDASHR", 9 },
    { "IMAPI_MEDIA_TYPE_DVDDASHRW", 10 },
    { "IMAPI_MEDIA_TYPE_DVDDASHR_DUALLAYER", 11 },
    { "IMAPI_MEDIA_TYPE_DISK", 12 },
    { "IMAPI_MEDIA_TYPE_DVDPLUSRW_DUALLAYER", 13 },
    { "IMAPI_MEDIA_TYPE_HDDVDROM", 14 },
    { "IMAPI_MEDIA_TYPE_HDDVDR", 15 },
    { "IMAPI_MEDIA_TYPE_HDDVDRAM", 16 },
    { "IMAPI_MEDIA_TYPE_BDROM", 17 },
    { "IMAPI_MEDIA_TYPE_BDR", 18 },
    { "IMAPI_MEDIA_TYPE_BDRE", 19 },
    { "IMAPI_MEDIA_TYPE_MAX", 19 },
};

static const struct enum_value IMAPI_MEDIA_WRITE_PROTECT_STATE_values[] = {
    { "IMAPI_WRITEPROTECTED_UNTIL_POWERDOWN", 1 },
    { "IMAPI_WRITEPROTECTED_BY_CARTRIDGE", 2 },
    { "IMAPI_WRITEPROTECTED_BY_MEDIA_SPECIFIC_REASON", 4 },
    { "IMAPI_WRITEPROTECTED_BY_SOFTWARE_WRITE_PROTECT", 8 },
    { "IMAPI_WRITEPROTECTED_BY_DISC_CONTROL_BLOCK", 16 },
    { "IMAPI_WRITEPROTECTED_READ_ONLY_MEDIA", 0x4000 },
};

static const struct enum_value IMAPI_READ_TRACK_ADDRESS_TYPE_values[] = {
    { "IMAPI_READ_TRACK_ADDRESS_TYPE_LBA", 0 },
    { "IMAPI_READ_TRACK_ADDRESS_TYPE_TRACK", 1 },
    { "IMAPI_READ_TRACK_ADDRESS_TYPE_SESSION", 2 },
};

static const struct enum_value IMAPI_MODE_PAGE_REQUEST_TYPE_values[] = {
    { "IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES", 0 },
    { "IMAPI_MODE_PAGE_REQUEST_TYPE_CHANGEABLE_VALUES", 1 },
    { "IMAPI_MODE_PAGE_REQUEST_TYPE_DEFAULT_VALUES", 2 },
    { "IMAPI_MODE_PAGE_REQUEST_TYPE_SAVED_VALUES", 3 },
};

static const struct enum_value IMAPI_MODE_PAGE_TYPE_values[] = {
    { "IMAPI_MODE_PAGE_TYPE_READ_WRITE_ERROR_RECOVERY", 1 },
    { "IMAPI_MODE_PAGE_TYPE_MRW", 3 },
    { "IMAPI_MODE_PAGE_TYPE_WRITE_PARAMETERS", 5 },
    { "IMAPI_MODE_PAGE_TYPE_CACHING", 8 },
    { "IMAPI_MODE_PAGE_TYPE_INFORMATIONAL_EXCEPTIONS", 28 },
    { "IMAPI_MODE_PAGE_TYPE_TIMEOUT_AND_PROTECT", 29 },
    { "IMAPI_MODE_PAGE_TYPE_POWER_CONDITION", 26 },
    { "IMAPI_MODE_PAGE_TYPE_LEGACY_CAPABILITIES", 42 },
};

static const struct enum_value IMAPI_FEATURE_PAGE_TYPE_values[] = {
    { "IMAPI_FEATURE_PAGE_TYPE_PROFILE_LIST", 0 },
    { "IMAPI_FEATURE_PAGE_TYPE_CORE", 1 },
    { "IMAPI_FEATURE_PAGE_TYPE_MORPHING", 2 },
    { "IMAPI_FEATURE_PAGE_TYPE_REMOVABLE_MEDIUM", 3 },
    { "IMAPI_FEATURE_PAGE_TYPE_WRITE_PROTECT", 4 },
    { "IMAPI_FEATURE_PAGE_TYPE_RANDOMLY_READABLE", 16 },
    { "IMAPI_FEATURE_PAGE_TYPE_CD_MULTIREAD", 29 },
    { "IMAPI_FEATURE_PAGE_TYPE_CD_READ", 30 },
    { "IMAPI_FEATURE_PAGE_TYPE_DVD_READ", 31 },
    { "IMAPI_FEATURE_PAGE_TYPE_RANDOMLY_WRITABLE", 32 },
    { "IMAPI_FEATURE_PAGE_TYPE_INCREMENTAL_STREAMING_WRITABLE", 33 },
    { "IMAPI_FEATURE_PAGE_TYPE_SECTOR_ERASABLE", 34 },
    { "IMAPI_FEATURE_PAGE_TYPE_FORMATTABLE", 35 },
    { "IMAPI_FEATURE_PAGE_TYPE_HARDWARE_DEFECT_MANAGEMENT", 36 },
    { "IMAPI_FEATURE_PAGE_TYPE_WRITE_ONCE", 37 },
    { "IMAPI_FEATURE_PAGE_TYPE_RESTRICTED_OVERWRITE", 38 },
    { "IMAPI_FEATURE_PAGE_TYPE_CDRW_CAV_WRITE", 39 },
    { "IMAPI_FEATURE_PAGE_TYPE_MRW", 40 },
    { "IMAPI_FEATURE_PAGE_TYPE_ENHANCED_DEFECT_REPORTING", 41 },
    { "IMAPI_FEATURE_PAGE_TYPE_DVD_PLUS_RW", 42 },
    { "IMAPI_FEATURE_PAGE_TYPE_DVD_PLUS_R", 43 },
    { "IMAPI_FEATURE_PAGE_TYPE_RIGID_RESTRICTED_OVERWRITE", 44 },
    { "IMAPI_FEATURE_PAGE_TYPE_CD_TRACK_AT_ONCE", 45 },
    { "IMAPI_FEATURE_PAGE_TYPE_CD_MASTERING", 46 },
    { "IMAPI_FEATURE_PAGE_TYPE_DVD_DASH_WRITE", 47 },
    { "IMAPI_FEATURE_PAGE_TYPE_DOUBLE_DENSITY_CD_READ", 48 },
    { "IMAPI_FEATURE_PAGE_TYPE_DOUBLE_DENSITY_CD_R_WRITE", 49 },
    { "IMAPI_FEATURE_PAGE_TYPE_DOUBLE_DENSITY_CD_RW_WRITE", 50 },
    { "IMAPI_FEATURE_PAGE_TYPE_LAYER_JUMP_RECORDING", 51 },
    { "IMAPI_FEATURE_PAGE_TYPE_CD_RW_MEDIA_WRITE_SUPPORT", 55 },
    { "IMAPI_FEATURE_PAGE_TYPE_BD_PSEUDO_OVERWRITE", 56 },
    { "IMAPI_FEATURE_PAGE_TYPE_DVD_PLUS_R_DUAL_LAYER", 59 },
    { "IMAPI_FEATURE_PAGE_TYPE_BD_READ", 64 },
    { "IMAPI_FEATURE_PAGE_TYPE_BD_WRITE", 65 },
    { "IMAPI_FEATURE_PAGE_TYPE_HD_DVD_READ", 80 },
    { "IMAPI_FEATURE_PAGE_TYPE_HD_DVD_WRITE", 81 },
    { "IMAPI_FEATURE_PAGE_TYPE_POWER_MANAGEMENT", 0x100 },
    { "IMAPI_FEATURE_PAGE_TYPE_SMART", 0x101 },
    { "IMAPI_FEATURE_PAGE_TYPE_EMBEDDED_CHANGER", 0x102 },
    { "IMAPI_FEATURE_PAGE_TYPE_CD_ANALOG_PLAY", 0x103 },
    { "IMAPI_FEATURE_PAGE_TYPE_MICROCODE_UPDATE", 0x104 },
    { "IMAPI_FEATURE_PAGE_TYPE_TIMEOUT", 0x105 },
    { "IMAPI_FEATURE_PAGE_TYPE_DVD_CSS", 0x106 },
    { "IMAPI_FEATURE_PAGE_TYPE_REAL_TIME_STREAMING", 0x107 },
    { "IMAPI_FEATURE_PAGE_TYPE_LOGICAL_UNIT_SERIAL_NUMBER", 0x108 },
    { "IMAPI_FEATURE_PAGE_TYPE_MEDIA_SERIAL_NUMBER", 0x109 },
    { "IMAPI_FEATURE_PAGE_TYPE_DISC_CONTROL_BLOCKS", 0x10A },
    { "IMAPI_FEATURE_PAGE_TYPE_DVD_CPRM", 0x10B },
    { "IMAPI_FEATURE_PAGE_TYPE_FIRMWARE_INFORMATION", 0x10C },
    { "IMAPI_FEATURE_PAGE_TYPE_AACS", 0x10D },
    { "IMAPI_FEATURE_PAGE_TYPE_VCPS", 0x110 },
};

static const struct enum_value IMAPI_PROFILE_TYPE_values[] = {
    { "IMAPI_PROFILE_TYPE_INVALID", 0 },
    { "IMAPI_PROFILE_TYPE_NON_REMOVABLE_DISK", 1 },
    { "IMAPI_PROFILE_TYPE_REMOVABLE_DISK", 2 },
    { "IMAPI_PROFILE_TYPE_MO_ERASABLE", 3 },
    { "IMAPI_PROFILE_TYPE_MO_WRITE_ONCE", 4 },
    { "IMAPI_PROFILE_TYPE_AS_MO", 5 },
    { "IMAPI_PROFILE_TYPE_CDROM", 8 },
    { "IMAPI_PROFILE_TYPE_CD_RECORDABLE", 9 },
    { "IMAPI_PROFILE_TYPE_CD_REWRITABLE", 10 },
    { "IMAPI_PROFILE_TYPE_DVDROM", 16 },
    { "IMAPI_PROFILE_TYPE_DVD_DASH_RECORDABLE", 17 },
    { "IMAPI_PROFILE_TYPE_DVD_RAM", 18 },
    { "IMAPI_PROFILE_TYPE_DVD_DASH_REWRITABLE", 19 },
    { "IMAPI_PROFILE_TYPE_DVD_DASH_RW_SEQUENTIAL", 20 },
    { "IMAPI_PROFILE_TYPE_DVD_DASH_R_DUAL_SEQUENTIAL", 21 },
    { "IMAPI_PROFILE_TYPE_DVD_DASH_R_DUAL_LAYER_JUMP", 22 },
    { "IMAPI_PROFILE_TYPE_DVD_PLUS_RW", 26 },
    { "IMAPI_PROFILE_TYPE_DVD_PLUS_R", 27 },
    { "IMAPI_PROFILE_TYPE_DDCDROM", 32 },
    { "IMAPI_PROFILE_TYPE_DDCD_RECORDABLE", 33 },
    { "IMAPI_PROFILE_TYPE_DDCD_REWRITABLE", 34 },
    { "IMAPI_PROFILE_TYPE_DVD_PLUS_RW_DUAL", 42 },
    { "IMAPI_PROFILE_TYPE_DVD_PLUS_R_DUAL", 43 },
    { "IMAPI_PROFILE_TYPE_BD_ROM", 64 },
    { "IMAPI_PROFILE_TYPE_BD_R_SEQUENTIAL", 65 },
    { "IMAPI_PROFILE_TYPE_BD_R_RANDOM_RECORDING", 66 },
    { "IMAPI_PROFILE_TYPE_BD_REWRITABLE", 67 },
    { "IMAPI_PROFILE_TYPE_HD_DVD_ROM", 80 },
    { "IMAPI_PROFILE_TYPE_HD_DVD_RECORDABLE", 81 },
    { "IMAPI_PROFILE_TYPE_HD_DVD_RAM", 82 },
    { "IMAPI_PROFILE_TYPE_NON_STANDARD", 0xFFFF },
};

static const struct enum_value IMAPI_FORMAT2_DATA_WRITE_ACTION_values[] = {
    { "IMAPI_FORMAT2_DATA_WRITE_ACTION_VALIDATING_MEDIA", 0 },
    { "IMAPI_FORMAT2_DATA_WRITE_ACTION_FORMATTING_MEDIA", 1 },
    { "IMAPI_FORMAT2_DATA_WRITE_ACTION_INITIALIZING_HARDWARE", 2 },
    { "IMAPI_FORMAT2_DATA_WRITE_ACTION_CALIBRATING_POWER", 3 },
    { "IMAPI_FORMAT2_DATA_WRITE_ACTION_WRITING_DATA", 4 },
    { "IMAPI_FORMAT2_DATA_WRITE_ACTION_FINALIZATION", 5 },
    { "IMAPI_FORMAT2_DATA_WRITE_ACTION_COMPLETED", 6 },
    { "IMAPI_FORMAT2_DATA_WRITE_ACTION_VERIFYING", 7 },
};

static const struct enum_value IMAPI_FORMAT2_DATA_MEDIA_STATE_values[] = {
    { "IMAPI_FORMAT2_DATA_MEDIA_STATE_UNKNOWN", 0 },
    { "IMAPI_FORMAT2_DATA_MEDIA_STATE_INFORMATIONAL_MASK", 15 },
    { "IMAPI_FORMAT2_DATA_MEDIA_STATE_UNSUPPORTED_MASK", 0xFC00 },
    { "IMAPI_FORMAT2_DATA_MEDIA_STATE_OVERWRITE_ONLY", 1 },
    { "IMAPI_FORMAT2_DATA_MEDIA_STATE_RANDOMLY_WRITABLE", 1 },
    { "IMAPI_FORMAT2_DATA_MEDIA_STATE_BLANK", 2 },
    { "IMAPI_FORMAT2_DATA_MEDIA_STATE_APPENDABLE", 4 },
    { "IMAPI_FORMAT2_DATA_MEDIA_STATE_FINAL_SESSION", 8 },
    { "IMAPI_FORMAT2_DATA_MEDIA_STATE_DAMAGED", 0x400 },
    { "IMAPI_FORMAT2_DATA_MEDIA_STATE_ERASE_REQUIRED", 0x800 },
    { "IMAPI_FORMAT2_DATA_MEDIA_STATE_NON_EMPTY_SESSION", 0x1000 },
    { "IMAPI_FORMAT2_DATA_MEDIA_STATE_WRITE_PROTECTED", 0x2000 },
    { "IMAPI_FORMAT2_DATA_MEDIA_STATE_FINALIZED", 0x4000 },
    { "IMAPI_FORMAT2_DATA_MEDIA_STATE_UNSUPPORTED_MEDIA", 0x8000 },
};

static const struct enum_value IMAPI_FORMAT2_TAO_WRITE_ACTION_values[] = {
    { "IMAPI_FORMAT2_TAO_WRITE_ACTION_UNKNOWN", 0 },
    { "IMAPI_FORMAT2_TAO_WRITE_ACTION_PREPARING", 1 },
    { "IMAPI_FORMAT2_TAO_WRITE_ACTION_WRITING", 2 },
    { "IMAPI_FORMAT2_TAO_WRITE_ACTION_FINISHING", 3 },
    { "IMAPI_FORMAT2_TAO_WRITE_ACTION_VERIFYING", 4 },
};

static const struct enum_value IMAPI_FORMAT2_RAW_CD_DATA_SECTOR_TYPE_values[] = {
    { "IMAPI_FORMAT2_RAW_CD_SUBCODE_PQ_ONLY", 1 },
    { "IMAPI_FORMAT2_RAW_CD_SUBCODE_IS_COOKED", 2 },
    { "IMAPI_FORMAT2_RAW_CD_SUBCODE_IS_RAW", 3 },
};

static const struct enum_value IMAPI_FORMAT2_RAW_CD_WRITE_ACTION_values[] = {
    { "IMAPI_FORMAT2_RAW_CD_WRITE_ACTION_UNKNOWN", 0 },
    { "IMAPI_FORMAT2_RAW_CD_WRITE_ACTION_PREPARING", 1 },
    { "IMAPI_FORMAT2_RAW_CD_WRITE_ACTION_WRITING", 2 },
    { "IMAPI_FORMAT2_RAW_CD_WRITE_ACTION_FINISHING", 3 },
};

static const struct enum_value IMAPI_CD_SECTOR_TYPE_values[] = {
    { "IMAPI_CD_SECTOR_AUDIO", 0 },
    { "IMAPI_CD_SECTOR_MODE_ZERO", 1 },
    { "IMAPI_CD_SECTOR_MODE1", 2 },
    { "IMAPI_CD_SECTOR_MODE2FORM0", 3 },
    { "IMAPI_CD_SECTOR_MODE2FORM1", 4 },
    { "IMAPI_CD_SECTOR_MODE2FORM2", 5 },
    { "IMAPI_CD_SECTOR_MODE1RAW", 6 },
    { "IMAPI_CD_SECTOR_MODE2FORM0RAW", 7 },
    { "IMAPI_CD_SECTOR_MODE2FORM1RAW", 8 },
    { "IMAPI_CD_SECTOR_MODE2FORM2RAW", 9 },
};

static const struct enum_value IMAPI_CD_TRACK_DIGITAL_COPY_SETTING_values[] = {
    { "IMAPI_CD_TRACK_DIGITAL_COPY_PERMITTED", 0 },
    { "IMAPI_CD_TRACK_DIGITAL_COPY_PROHIBITED", 1 },
    { "IMAPI_CD_TRACK_DIGITAL_COPY_SCMS", 2 },
};

static const struct enum_value IMAPI_BURN_VERIFICATION_LEVEL_values[] = {
    { "IMAPI_BURN_VERIFICATION_NONE", 0 },
    { "IMAPI_BURN_VERIFICATION_QUICK", 1 },
    { "IMAPI_BURN_VERIFICATION_FULL", 2 },
};

static const struct enum_value IMAPI_SECTORS_PER_SECOND_AT_1X_values[] = {
    { "IMAPI_SECTORS_PER_SECOND_AT_1X_CD", 75 },
    { "IMAPI_SECTORS_PER_SECOND_AT_1X_DVD", 680 },
    { "IMAPI_SECTORS_PER_SECOND_AT_1X_BD", 2195 },
    { "IMAPI_SECTORS_PER_SECOND_AT_1X_HD_DVD", 4568 },
};

#define VALUES(name) "_" #name, name##_values, sizeof name##_values / sizeof name##_values[0]
const struct enum_row typelib_enums[] = {
    { VALUES(IMAPI_MEDIA_PHYSICAL_TYPE) },
    { VALUES(IMAPI_MEDIA_WRITE_PROTECT_STATE) },
    { VALUES(IMAPI_READ_TRACK_ADDRESS_TYPE) },
    { VALUES(IMAPI_MODE_PAGE_REQUEST_TYPE) },
    { VALUES(IMAPI_MODE_PAGE_TYPE) },
    { VALUES(IMAPI_FEATURE_PAGE_TYPE) },
    { VALUES(IMAPI_PROFILE_TYPE) },
    { VALUES(IMAPI_FORMAT2_DATA_WRITE_ACTION) },
    { VALUES(IMAPI_FORMAT2_DATA_MEDIA_STATE) },
    { VALUES(IMAPI_FORMAT2_TAO_WRITE_ACTION) },
    { VALUES(IMAPI_FORMAT2_RAW_CD_DATA_SECTOR_TYPE) },
    { VALUES(IMAPI_FORMAT2_RAW_CD_WRITE_ACTION) },
    { VALUES(IMAPI_CD_SECTOR_TYPE) },
    { VALUES(IMAPI_CD_TRACK_DIGITAL_COPY_SETTING) },
    { VALUES(IMAPI_BURN_VERIFICATION_LEVEL) },
    { VALUES(IMAPI_SECTORS_PER_SECOND_AT_1X) },
};
const size_t typelib_enum_count = sizeof typelib_enums / sizeof typelib_enums[0];

#define EVENTS(name) "IConnectionPointContainer 0, " name " default source"

const struct class_row typelib_classes[] = {
    { "MsftDiscMaster2", "{2735412E-7F64-5B0F-8F00-5D77AFBE261E}", CREATABLE,
      "IDiscMaster2 default, " EVENTS("DDiscMaster2Events"),
      "Microsoft IMAPIv2 Disc Master" },
    { "MsftDiscRecorder2", "{2735412D-7F64-5B0F-8F00-5D77AFBE261E}", CREATABLE,
      "IDiscRecorder2 default, IDiscRecorder2Ex 0",
      "Microsoft IMAPIv2 Disc Recorder" },
    { "MsftWriteEngine2", "{2735412C-7F64-5B0F-8F00-5D77AFBE261E}", CREATABLE,
      "IWriteEngine2 default, " EVENTS("DWriteEngine2Events"),
      "Microsoft IMAPIv2 CD Write Engine" },
    { "MsftDiscFormat2Erase", "{2735412B-7F64-5B0F-8F00-5D77AFBE261E}", CREATABLE,
      "IDiscFormat2Erase default, " EVENTS("DDiscFormat2EraseEvents"),
      "Microsoft IMAPIv2 Media Erase/Blank" },
    { "MsftDiscFormat2Data", "{2735412A-7F64-5B0F-8F00-5D77AFBE261E}", CREATABLE,
      "IDiscFormat2Data default, " EVENTS("DDiscFormat2DataEvents"),
      "Microsoft IMAPIv2 Data Writer" },
    { "MsftDiscFormat2TrackAtOnce", "{27354129-7F64-5B0F-8F00-5D77AFBE261E}", CREATABLE,
      "IDiscFormat2TrackAtOnce default, " EVENTS("DDiscFormat2TrackAtOnceEvents"),
      "Microsoft IMAPIv2 Track-at-Once Writer" },
    { "MsftDiscFormat2RawCD", "{27354128-7F64-5B0F-8F00-5D77AFBE261E}", CREATABLE,
      "IDiscFormat2RawCD default, " EVENTS("DDiscFormat2RawCDEvents"),
      "Microsoft IMAPIv2 RAW CD Writer" },
    { "MsftStreamZero", "{27354127-7F64-5B0F-8F00-5D77AFBE261E}", CREATABLE,
      "IStream default",
      "Microsoft IMAPIv2 /dev/zero Stream" },
    { "MsftStreamPrng001", "{27354126-7F64-5B0F-8F00-5D77AFBE261E}", CREATABLE,
      "IStreamPseudoRandomBased default",
      "Microsoft IMAPIv2 PRNG based Stream (LCG: 0x19660D, 0x3C6EF35F)" },
    { "MsftStreamConcatenate", "{27354125-7F64-5B0F-8F00-5D77AFBE261E}", CREATABLE,
      "IStreamConcatenate default",
      "Microsoft IMAPIv2 concatenation stream" },
    { "MsftStreamInterleave", "{27354124-7F64-5B0F-8F00-5D77AFBE261E}", CREATABLE,
      "IStreamInterleave default",
      "Microsoft IMAPIv2 interleave stream" },
    { "MsftWriteSpeedDescriptor", "{27354123-7F64-5B0F-8F00-5D77AFBE261E}", NOT_CREATABLE,
      "IWriteSpeedDescriptor default",
      "Microsoft IMAPIv2 Write Speed Descriptor" },
    { "MsftMultisessionSequential", "{27354122-7F64-5B0F-8F00-5D77AFBE261E}", NOT_CREATABLE,
      "IMultisessionSequential2 default",
      "Microsoft IMAPIv2 sequential Multi-session" },
    { "MsftMultisessionRandomWrite", "{B507CA24-2204-11DD-966A-001AA01BBC58}", NOT_CREATABLE,
      "IMultisessionRandomWrite default",
      "Microsoft IMAPIv2 random write Multi-session" },
    { "MsftRawCDImageCreator", "{25983561-9D65-49CE-B335-40630D901227}", CREATABLE,
      "IRawCDImageCreator default",
      "Microsoft IMAPIv2 RAW CD Image Creator" },
};
const size_t typelib_class_count = sizeof typelib_classes / sizeof typelib_classes[0];
