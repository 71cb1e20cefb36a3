/* imapi2.h and imapi2error.h as a client meets them: the client of header_client.c runs against an
 * engine of this test, and every DISPID_ macro is compared with the published number. */
#include "header_client.h"
#include <imapi2error.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>
#include "typelib_table.h"

/* clang-format off */
static const struct {
    const char *interface_name;
    const char *member;
    long dispid;
} macros[] = {
    { "IDiscMaster2", "Item", DISPID_IDISCMASTER2_ITEM },
    { "IDiscMaster2", "Count", DISPID_IDISCMASTER2_COUNT },
    { "IDiscMaster2", "IsSupportedEnvironment", DISPID_IDISCMASTER2_ISSUPPORTEDENVIRONMENT },
    { "DDiscMaster2Events", "NotifyDeviceAdded", DISPID_DDISCMASTER2EVENTS_NOTIFYDEVICEADDED },
    { "DDiscMaster2Events", "NotifyDeviceRemoved", DISPID_DDISCMASTER2EVENTS_NOTIFYDEVICEREMOVED },
    { "IDiscRecorder2", "EjectMedia", DISPID_IDISCRECORDER2_EJECTMEDIA },
    { "IDiscRecorder2", "CloseTray", DISPID_IDISCRECORDER2_CLOSETRAY },
    { "IDiscRecorder2", "AcquireExclusiveAccess", DISPID_IDISCRECORDER2_ACQUIREEXCLUSIVEACCESS },
    { "IDiscRecorder2", "ReleaseExclusiveAccess", DISPID_IDISCRECORDER2_RELEASEEXCLUSIVEACCESS },
    { "IDiscRecorder2", "DisableMcn", DISPID_IDISCRECORDER2_DISABLEMCN },
    { "IDiscRecorder2", "EnableMcn", DISPID_IDISCRECORDER2_ENABLEMCN },
    { "IDiscRecorder2", "InitializeDiscRecorder", DISPID_IDISCRECORDER2_INITIALIZEDISCRECORDER },
    { "IDiscRecorder2", "ActiveDiscRecorder", DISPID_IDISCRECORDER2_ACTIVEDISCRECORDER },
    { "IDiscRecorder2", "VendorId", DISPID_IDISCRECORDER2_VENDORID },
    { "IDiscRecorder2", "ProductId", DISPID_IDISCRECORDER2_PRODUCTID },
    { "IDiscRecorder2", "ProductRevision", DISPID_IDISCRECORDER2_PRODUCTREVISION },
    { "IDiscRecorder2", "VolumeName", DISPID_IDISCRECORDER2_VOLUMENAME },
    { "IDiscRecorder2", "VolumePathNames", DISPID_IDISCRECORDER2_VOLUMEPATHNAMES },
    { "IDiscRecorder2", "DeviceCanLoadMedia", DISPID_IDISCRECORDER2_DEVICECANLOADMEDIA },
    { "IDiscRecorder2", "LegacyDeviceNumber", DISPID_IDISCRECORDER2_LEGACYDEVICENUMBER },
    { "IDiscRecorder2", "SupportedFeaturePages", DISPID_IDISCRECORDER2_SUPPORTEDFEATUREPAGES },
    { "IDiscRecorder2", "CurrentFeaturePages", DISPID_IDISCRECORDER2_CURRENTFEATUREPAGES },
    { "IDiscRecorder2", "SupportedProfiles", DISPID_IDISCRECORDER2_SUPPORTEDPROFILES },
    { "IDiscRecorder2", "CurrentProfiles", DISPID_IDISCRECORDER2_CURRENTPROFILES },
    { "IDiscRecorder2", "SupportedModePages", DISPID_IDISCRECORDER2_SUPPORTEDMODEPAGES },
    { "IDiscRecorder2", "ExclusiveAccessOwner", DISPID_IDISCRECORDER2_EXCLUSIVEACCESSOWNER },
    { "IWriteEngine2", "WriteSection", DISPID_IWRITEENGINE2_WRITESECTION },
    { "IWriteEngine2", "CancelWrite", DISPID_IWRITEENGINE2_CANCELWRITE },
    { "IWriteEngine2", "Recorder", DISPID_IWRITEENGINE2_DISCRECORDER },
    { "IWriteEngine2", "Recorder", DISPID_IWRITEENGINE2_DISCRECORDER },
    { "IWriteEngine2", "UseStreamingWrite12", DISPID_IWRITEENGINE2_USESTREAMINGWRITE12 },
    { "IWriteEngine2", "UseStreamingWrite12", DISPID_IWRITEENGINE2_USESTREAMINGWRITE12 },
    { "IWriteEngine2", "StartingSectorsPerSecond", DISPID_IWRITEENGINE2_STARTINGSECTORSPERSECOND },
    { "IWriteEngine2", "StartingSectorsPerSecond", DISPID_IWRITEENGINE2_STARTINGSECTORSPERSECOND },
    { "IWriteEngine2", "EndingSectorsPerSecond", DISPID_IWRITEENGINE2_ENDINGSECTORSPERSECOND },
    { "IWriteEngine2", "EndingSectorsPerSecond", DISPID_IWRITEENGINE2_ENDINGSECTORSPERSECOND },
    { "IWriteEngine2", "BytesPerSector", DISPID_IWRITEENGINE2_BYTESPERSECTOR },
    { "IWriteEngine2", "BytesPerSector", DISPID_IWRITEENGINE2_BYTESPERSECTOR },
    { "IWriteEngine2", "WriteInProgress", DISPID_IWRITEENGINE2_WRITEINPROGRESS },
    { "IWriteEngine2EventArgs", "StartLba", DISPID_IWRITEENGINE2EVENTARGS_STARTLBA },
    { "IWriteEngine2EventArgs", "SectorCount", DISPID_IWRITEENGINE2EVENTARGS_SECTORCOUNT },
    { "IWriteEngine2EventArgs", "LastReadLba", DISPID_IWRITEENGINE2EVENTARGS_LASTREADLBA },
    { "IWriteEngine2EventArgs", "LastWrittenLba", DISPID_IWRITEENGINE2EVENTARGS_LASTWRITTENLBA },
    { "IWriteEngine2EventArgs", "TotalSystemBuffer",
      DISPID_IWRITEENGINE2EVENTARGS_TOTALSYSTEMBUFFER },
    { "IWriteEngine2EventArgs", "UsedSystemBuffer",
      DISPID_IWRITEENGINE2EVENTARGS_USEDSYSTEMBUFFER },
    { "IWriteEngine2EventArgs", "FreeSystemBuffer",
      DISPID_IWRITEENGINE2EVENTARGS_FREESYSTEMBUFFER },
    { "DWriteEngine2Events", "Update", DISPID_DWRITEENGINE2EVENTS_UPDATE },
    { "IDiscFormat2", "IsRecorderSupported", DISPID_IDISCFORMAT2_ISRECORDERSUPPORTED },
    { "IDiscFormat2", "IsCurrentMediaSupported", DISPID_IDISCFORMAT2_ISCURRENTMEDIASUPPORTED },
    { "IDiscFormat2", "MediaPhysicallyBlank", DISPID_IDISCFORMAT2_MEDIAPHYSICALLYBLANK },
    { "IDiscFormat2", "MediaHeuristicallyBlank", DISPID_IDISCFORMAT2_MEDIAHEURISTICALLYBLANK },
    { "IDiscFormat2", "SupportedMediaTypes", DISPID_IDISCFORMAT2_SUPPORTEDMEDIATYPES },
    { "IDiscFormat2Erase", "Recorder", DISPID_IDISCFORMAT2ERASE_RECORDER },
    { "IDiscFormat2Erase", "Recorder", DISPID_IDISCFORMAT2ERASE_RECORDER },
    { "IDiscFormat2Erase", "FullErase", DISPID_IDISCFORMAT2ERASE_FULLERASE },
    { "IDiscFormat2Erase", "FullErase", DISPID_IDISCFORMAT2ERASE_FULLERASE },
    { "IDiscFormat2Erase", "CurrentPhysicalMediaType",
      DISPID_IDISCFORMAT2ERASE_CURRENTPHYSICALMEDIATYPE },
    { "IDiscFormat2Erase", "ClientName", DISPID_IDISCFORMAT2ERASE_CLIENTNAME },
    { "IDiscFormat2Erase", "ClientName", DISPID_IDISCFORMAT2ERASE_CLIENTNAME },
    { "IDiscFormat2Erase", "EraseMedia", DISPID_IDISCFORMAT2ERASE_ERASEMEDIA },
    { "DDiscFormat2EraseEvents", "Update", DISPID_IDISCFORMAT2ERASEEVENTS_UPDATE },
    { "IDiscFormat2Data", "Recorder", DISPID_IDISCFORMAT2DATA_RECORDER },
    { "IDiscFormat2Data", "Recorder", DISPID_IDISCFORMAT2DATA_RECORDER },
    { "IDiscFormat2Data", "BufferUnderrunFreeDisabled",
      DISPID_IDISCFORMAT2DATA_BUFFERUNDERRUNFREEDISABLED },
    { "IDiscFormat2Data", "BufferUnderrunFreeDisabled",
      DISPID_IDISCFORMAT2DATA_BUFFERUNDERRUNFREEDISABLED },
    { "IDiscFormat2Data", "PostgapAlreadyInImage", DISPID_IDISCFORMAT2DATA_POSTGAPALREADYINIMAGE },
    { "IDiscFormat2Data", "PostgapAlreadyInImage", DISPID_IDISCFORMAT2DATA_POSTGAPALREADYINIMAGE },
    { "IDiscFormat2Data", "CurrentMediaStatus", DISPID_IDISCFORMAT2DATA_CURRENTMEDIASTATUS },
    { "IDiscFormat2Data", "WriteProtectStatus", DISPID_IDISCFORMAT2DATA_WRITEPROTECTSTATUS },
    { "IDiscFormat2Data", "TotalSectorsOnMedia", DISPID_IDISCFORMAT2DATA_TOTALSECTORSONMEDIA },
    { "IDiscFormat2Data", "FreeSectorsOnMedia", DISPID_IDISCFORMAT2DATA_FREESECTORSONMEDIA },
    { "IDiscFormat2Data", "NextWritableAddress", DISPID_IDISCFORMAT2DATA_NEXTWRITABLEADDRESS },
    { "IDiscFormat2Data", "StartAddressOfPreviousSession",
      DISPID_IDISCFORMAT2DATA_STARTADDRESSOFPREVIOUSSESSION },
    { "IDiscFormat2Data", "LastWrittenAddressOfPreviousSession",
      DISPID_IDISCFORMAT2DATA_LASTWRITTENADDRESSOFPREVIOUSSESSION },
    { "IDiscFormat2Data", "ForceMediaToBeClosed", DISPID_IDISCFORMAT2DATA_FORCEMEDIATOBECLOSED },
    { "IDiscFormat2Data", "ForceMediaToBeClosed", DISPID_IDISCFORMAT2DATA_FORCEMEDIATOBECLOSED },
    { "IDiscFormat2Data", "DisableConsumerDvdCompatibilityMode",
      DISPID_IDISCFORMAT2DATA_DISABLECONSUMERDVDCOMPATIBILITYMODE },
    { "IDiscFormat2Data", "DisableConsumerDvdCompatibilityMode",
      DISPID_IDISCFORMAT2DATA_DISABLECONSUMERDVDCOMPATIBILITYMODE },
    { "IDiscFormat2Data", "CurrentPhysicalMediaType",
      DISPID_IDISCFORMAT2DATA_CURRENTPHYSICALMEDIATYPE },
    { "IDiscFormat2Data", "ClientName", DISPID_IDISCFORMAT2DATA_CLIENTNAME },
    { "IDiscFormat2Data", "ClientName", DISPID_IDISCFORMAT2DATA_CLIENTNAME },
    { "IDiscFormat2Data", "RequestedWriteSpeed", DISPID_IDISCFORMAT2DATA_REQUESTEDWRITESPEED },
    { "IDiscFormat2Data", "RequestedRotationTypeIsPureCAV",
      DISPID_IDISCFORMAT2DATA_REQUESTEDROTATIONTYPEISPURECAV },
    { "IDiscFormat2Data", "CurrentWriteSpeed", DISPID_IDISCFORMAT2DATA_CURRENTWRITESPEED },
    { "IDiscFormat2Data", "CurrentRotationTypeIsPureCAV",
      DISPID_IDISCFORMAT2DATA_CURRENTROTATIONTYPEISPURECAV },
    { "IDiscFormat2Data", "SupportedWriteSpeeds", DISPID_IDISCFORMAT2DATA_SUPPORTEDWRITESPEEDS },
    { "IDiscFormat2Data", "SupportedWriteSpeedDescriptors",
      DISPID_IDISCFORMAT2DATA_SUPPORTEDWRITESPEEDDESCRIPTORS },
    { "IDiscFormat2Data", "ForceOverwrite", DISPID_IDISCFORMAT2DATA_FORCEOVERWRITE },
    { "IDiscFormat2Data", "ForceOverwrite", DISPID_IDISCFORMAT2DATA_FORCEOVERWRITE },
    { "IDiscFormat2Data", "MultisessionInterfaces",
      DISPID_IDISCFORMAT2DATA_MUTLISESSIONINTERFACES },
    { "IDiscFormat2Data", "Write", DISPID_IDISCFORMAT2DATA_WRITE },
    { "IDiscFormat2Data", "CancelWrite", DISPID_IDISCFORMAT2DATA_CANCELWRITE },
    { "IDiscFormat2Data", "SetWriteSpeed", DISPID_IDISCFORMAT2DATA_SETWRITESPEED },
    { "DDiscFormat2DataEvents", "Update", DISPID_DDISCFORMAT2DATAEVENTS_UPDATE },
    { "IDiscFormat2DataEventArgs", "ElapsedTime", DISPID_IDISCFORMAT2DATAEVENTARGS_ELAPSEDTIME },
    { "IDiscFormat2DataEventArgs", "RemainingTime",
      DISPID_IDISCFORMAT2DATAEVENTARGS_ESTIMATEDREMAININGTIME },
    { "IDiscFormat2DataEventArgs", "TotalTime",
      DISPID_IDISCFORMAT2DATAEVENTARGS_ESTIMATEDTOTALTIME },
    { "IDiscFormat2DataEventArgs", "CurrentAction",
      DISPID_IDISCFORMAT2DATAEVENTARGS_CURRENTACTION },
    { "IDiscFormat2TrackAtOnce", "PrepareMedia", DISPID_IDISCFORMAT2TAO_PREPAREMEDIA },
    { "IDiscFormat2TrackAtOnce", "AddAudioTrack", DISPID_IDISCFORMAT2TAO_ADDAUDIOTRACK },
    { "IDiscFormat2TrackAtOnce", "CancelAddTrack", DISPID_IDISCFORMAT2TAO_CANCELADDTRACK },
    { "IDiscFormat2TrackAtOnce", "ReleaseMedia", DISPID_IDISCFORMAT2TAO_FINISHMEDIA },
    { "IDiscFormat2TrackAtOnce", "SetWriteSpeed", DISPID_IDISCFORMAT2TAO_SETWRITESPEED },
    { "IDiscFormat2TrackAtOnce", "Recorder", DISPID_IDISCFORMAT2TAO_RECORDER },
    { "IDiscFormat2TrackAtOnce", "Recorder", DISPID_IDISCFORMAT2TAO_RECORDER },
    { "IDiscFormat2TrackAtOnce", "BufferUnderrunFreeDisabled",
      DISPID_IDISCFORMAT2TAO_BUFFERUNDERRUNFREEDISABLED },
    { "IDiscFormat2TrackAtOnce", "BufferUnderrunFreeDisabled",
      DISPID_IDISCFORMAT2TAO_BUFFERUNDERRUNFREEDISABLED },
    { "IDiscFormat2TrackAtOnce", "NumberOfExistingTracks",
      DISPID_IDISCFORMAT2TAO_NUMBEROFEXISTINGTRACKS },
    { "IDiscFormat2TrackAtOnce", "TotalSectorsOnMedia",
      DISPID_IDISCFORMAT2TAO_TOTALSECTORSONMEDIA },
    { "IDiscFormat2TrackAtOnce", "FreeSectorsOnMedia", DISPID_IDISCFORMAT2TAO_FREESECTORSONMEDIA },
    { "IDiscFormat2TrackAtOnce", "UsedSectorsOnMedia", DISPID_IDISCFORMAT2TAO_USEDSECTORSONMEDIA },
    { "IDiscFormat2TrackAtOnce", "DoNotFinalizeMedia", DISPID_IDISCFORMAT2TAO_DONOTFINALIZEMEDIA },
    { "IDiscFormat2TrackAtOnce", "DoNotFinalizeMedia", DISPID_IDISCFORMAT2TAO_DONOTFINALIZEMEDIA },
    { "IDiscFormat2TrackAtOnce", "ExpectedTableOfContents",
      DISPID_IDISCFORMAT2TAO_EXPECTEDTABLEOFCONTENTS },
    { "IDiscFormat2TrackAtOnce", "CurrentPhysicalMediaType",
      DISPID_IDISCFORMAT2TAO_CURRENTPHYSICALMEDIATYPE },
    { "IDiscFormat2TrackAtOnce", "ClientName", DISPID_IDISCFORMAT2TAO_CLIENTNAME },
    { "IDiscFormat2TrackAtOnce", "ClientName", DISPID_IDISCFORMAT2TAO_CLIENTNAME },
    { "IDiscFormat2TrackAtOnce", "RequestedWriteSpeed",
      DISPID_IDISCFORMAT2TAO_REQUESTEDWRITESPEED },
    { "IDiscFormat2TrackAtOnce", "RequestedRotationTypeIsPureCAV",
      DISPID_IDISCFORMAT2TAO_REQUESTEDROTATIONTYPEISPURECAV },
    { "IDiscFormat2TrackAtOnce", "CurrentWriteSpeed", DISPID_IDISCFORMAT2TAO_CURRENTWRITESPEED },
    { "IDiscFormat2TrackAtOnce", "CurrentRotationTypeIsPureCAV",
      DISPID_IDISCFORMAT2TAO_CURRENTROTATIONTYPEISPURECAV },
    { "IDiscFormat2TrackAtOnce", "SupportedWriteSpeeds",
      DISPID_IDISCFORMAT2TAO_SUPPORTEDWRITESPEEDS },
    { "IDiscFormat2TrackAtOnce", "SupportedWriteSpeedDescriptors",
      DISPID_IDISCFORMAT2TAO_SUPPORTEDWRITESPEEDDESCRIPTORS },
    { "DDiscFormat2TrackAtOnceEvents", "Update", DISPID_DDISCFORMAT2TAOEVENTS_UPDATE },
    { "IDiscFormat2TrackAtOnceEventArgs", "CurrentTrackNumber",
      DISPID_IDISCFORMAT2TAOEVENTARGS_CURRENTTRACKNUMBER },
    { "IDiscFormat2TrackAtOnceEventArgs", "CurrentAction",
      DISPID_IDISCFORMAT2TAOEVENTARGS_CURRENTACTION },
    { "IDiscFormat2TrackAtOnceEventArgs", "ElapsedTime",
      DISPID_IDISCFORMAT2TAOEVENTARGS_ELAPSEDTIME },
    { "IDiscFormat2TrackAtOnceEventArgs", "RemainingTime",
      DISPID_IDISCFORMAT2TAOEVENTARGS_ESTIMATEDREMAININGTIME },
    { "IDiscFormat2RawCD", "PrepareMedia", DISPID_IDISCFORMAT2RAWCD_PREPAREMEDIA },
    { "IDiscFormat2RawCD", "WriteMedia", DISPID_IDISCFORMAT2RAWCD_WRITEMEDIA },
    { "IDiscFormat2RawCD", "WriteMedia2", DISPID_IDISCFORMAT2RAWCD_WRITEMEDIAWITHVALIDATION },
    { "IDiscFormat2RawCD", "CancelWrite", DISPID_IDISCFORMAT2RAWCD_CANCELWRITE },
    { "IDiscFormat2RawCD", "ReleaseMedia", DISPID_IDISCFORMAT2RAWCD_RELEASEMEDIA },
    { "IDiscFormat2RawCD", "SetWriteSpeed", DISPID_IDISCFORMAT2RAWCD_SETWRITESPEED },
    { "IDiscFormat2RawCD", "Recorder", DISPID_IDISCFORMAT2RAWCD_RECORDER },
    { "IDiscFormat2RawCD", "Recorder", DISPID_IDISCFORMAT2RAWCD_RECORDER },
    { "IDiscFormat2RawCD", "BufferUnderrunFreeDisabled",
      DISPID_IDISCFORMAT2RAWCD_BUFFERUNDERRUNFREEDISABLED },
    { "IDiscFormat2RawCD", "BufferUnderrunFreeDisabled",
      DISPID_IDISCFORMAT2RAWCD_BUFFERUNDERRUNFREEDISABLED },
    { "IDiscFormat2RawCD", "StartOfNextSession", DISPID_IDISCFORMAT2RAWCD_STARTOFNEXTSESSION },
    { "IDiscFormat2RawCD", "LastPossibleStartOfLeadout",
      DISPID_IDISCFORMAT2RAWCD_LASTPOSSIBLESTARTOFLEADOUT },
    { "IDiscFormat2RawCD", "CurrentPhysicalMediaType",
      DISPID_IDISCFORMAT2RAWCD_CURRENTPHYSICALMEDIATYPE },
    { "IDiscFormat2RawCD", "SupportedSectorTypes", DISPID_IDISCFORMAT2RAWCD_SUPPORTEDSECTORTYPES },
    { "IDiscFormat2RawCD", "RequestedSectorType", DISPID_IDISCFORMAT2RAWCD_REQUESTEDSECTORTYPE },
    { "IDiscFormat2RawCD", "RequestedSectorType", DISPID_IDISCFORMAT2RAWCD_REQUESTEDSECTORTYPE },
    { "IDiscFormat2RawCD", "ClientName", DISPID_IDISCFORMAT2RAWCD_CLIENTNAME },
    { "IDiscFormat2RawCD", "ClientName", DISPID_IDISCFORMAT2RAWCD_CLIENTNAME },
    { "IDiscFormat2RawCD", "RequestedWriteSpeed", DISPID_IDISCFORMAT2RAWCD_REQUESTEDWRITESPEED },
    { "IDiscFormat2RawCD", "RequestedRotationTypeIsPureCAV",
      DISPID_IDISCFORMAT2RAWCD_REQUESTEDROTATIONTYPEISPURECAV },
    { "IDiscFormat2RawCD", "CurrentWriteSpeed", DISPID_IDISCFORMAT2RAWCD_CURRENTWRITESPEED },
    { "IDiscFormat2RawCD", "CurrentRotationTypeIsPureCAV",
      DISPID_IDISCFORMAT2RAWCD_CURRENTROTATIONTYPEISPURECAV },
    { "IDiscFormat2RawCD", "SupportedWriteSpeeds", DISPID_IDISCFORMAT2RAWCD_SUPPORTEDWRITESPEEDS },
    { "IDiscFormat2RawCD", "SupportedWriteSpeedDescriptors",
      DISPID_IDISCFORMAT2RAWCD_SUPPORTEDWRITESPEEDDESCRIPTORS },
    { "DDiscFormat2RawCDEvents", "Update", DISPID_DDISCFORMAT2RAWCDEVENTS_UPDATE },
    { "IDiscFormat2RawCDEventArgs", "CurrentAction",
      DISPID_IDISCFORMAT2RAWCDEVENTARGS_CURRENTACTION },
    { "IDiscFormat2RawCDEventArgs", "ElapsedTime", DISPID_IDISCFORMAT2RAWCDEVENTARGS_ELAPSEDTIME },
    { "IDiscFormat2RawCDEventArgs", "RemainingTime",
      DISPID_IDISCFORMAT2RAWCDEVENTARGS_ESTIMATEDREMAININGTIME },
    { "IWriteSpeedDescriptor", "MediaType", DISPID_IWRITESPEEDDESCRIPTOR_MEDIATYPE },
    { "IWriteSpeedDescriptor", "RotationTypeIsPureCAV",
      DISPID_IWRITESPEEDDESCRIPTOR_ROTATIONTYPEISPURECAV },
    { "IWriteSpeedDescriptor", "WriteSpeed", DISPID_IWRITESPEEDDESCRIPTOR_WRITESPEED },
    { "IMultisession", "IsSupportedOnCurrentMediaState",
      DISPID_IMULTISESSION_ISSUPPORTEDONCURRENTMEDIASTATE },
    { "IMultisession", "InUse", DISPID_IMULTISESSION_INUSE },
    { "IMultisession", "InUse", DISPID_IMULTISESSION_INUSE },
    { "IMultisession", "ImportRecorder", DISPID_IMULTISESSION_IMPORTRECORDER },
    { "IMultisessionSequential", "IsFirstDataSession", DISPID_IMULTISESSION_ISFIRSTDATASESSION },
    { "IMultisessionSequential", "StartAddressOfPreviousSession",
      DISPID_IMULTISESSION_STARTADDRESSOFPREVIOUSSESSION },
    { "IMultisessionSequential", "LastWrittenAddressOfPreviousSession",
      DISPID_IMULTISESSION_LASTWRITTENADDRESSOFPREVIOUSSESSION },
    { "IMultisessionSequential", "NextWritableAddress", DISPID_IMULTISESSION_NEXTWRITABLEADDRESS },
    { "IMultisessionSequential", "FreeSectorsOnMedia", DISPID_IMULTISESSION_FREESECTORSONMEDIA },
    { "IMultisessionSequential2", "WriteUnitSize", DISPID_IMULTISESSION_WRITEUNITSIZE },
    { "IMultisessionRandomWrite", "WriteUnitSize", DISPID_IMULTISESSION_WRITEUNITSIZE },
    { "IMultisessionRandomWrite", "LastWrittenAddress", DISPID_IMULTISESSION_LASTWRITTENADDRESS },
    { "IMultisessionRandomWrite", "TotalSectorsOnMedia", DISPID_IMULTISESSION_SECTORSONMEDIA },
    { "IRawCDImageCreator", "CreateResultImage", DISPID_IRAWCDIMAGECREATOR_CREATERESULTIMAGE },
    { "IRawCDImageCreator", "AddTrack", DISPID_IRAWCDIMAGECREATOR_ADDTRACK },
    { "IRawCDImageCreator", "AddSpecialPregap", DISPID_IRAWCDIMAGECREATOR_ADDSPECIALPREGAP },
    { "IRawCDImageCreator", "AddSubcodeRWGenerator",
      DISPID_IRAWCDIMAGECREATOR_ADDSUBCODERWGENERATOR },
    { "IRawCDImageCreator", "ResultingImageType", DISPID_IRAWCDIMAGECREATOR_RESULTINGIMAGETYPE },
    { "IRawCDImageCreator", "ResultingImageType", DISPID_IRAWCDIMAGECREATOR_RESULTINGIMAGETYPE },
    { "IRawCDImageCreator", "StartOfLeadout", DISPID_IRAWCDIMAGECREATOR_STARTOFLEADOUT },
    { "IRawCDImageCreator", "StartOfLeadoutLimit", DISPID_IRAWCDIMAGECREATOR_STARTOFLEADOUTLIMIT },
    { "IRawCDImageCreator", "StartOfLeadoutLimit", DISPID_IRAWCDIMAGECREATOR_STARTOFLEADOUTLIMIT },
    { "IRawCDImageCreator", "DisableGaplessAudio", DISPID_IRAWCDIMAGECREATOR_DISABLEGAPLESSAUDIO },
    { "IRawCDImageCreator", "DisableGaplessAudio", DISPID_IRAWCDIMAGECREATOR_DISABLEGAPLESSAUDIO },
    { "IRawCDImageCreator", "MediaCatalogNumber", DISPID_IRAWCDIMAGECREATOR_MEDIACATALOGNUMBER },
    { "IRawCDImageCreator", "MediaCatalogNumber", DISPID_IRAWCDIMAGECREATOR_MEDIACATALOGNUMBER },
    { "IRawCDImageCreator", "StartingTrackNumber", DISPID_IRAWCDIMAGECREATOR_STARTINGTRACKNUMBER },
    { "IRawCDImageCreator", "StartingTrackNumber", DISPID_IRAWCDIMAGECREATOR_STARTINGTRACKNUMBER },
    { "IRawCDImageCreator", "TrackInfo", DISPID_IRAWCDIMAGECREATOR_TRACKINFO },
    { "IRawCDImageCreator", "NumberOfExistingTracks",
      DISPID_IRAWCDIMAGECREATOR_NUMBEROFEXISTINGTRACKS },
    { "IRawCDImageCreator", "LastUsedUserSectorInImage",
      DISPID_IRAWCDIMAGECREATOR_LASTUSEDUSERSECTORINIMAGE },
    { "IRawCDImageCreator", "ExpectedTableOfContents",
      DISPID_IRAWCDIMAGECREATOR_EXPECTEDTABLEOFCONTENTS },
    { "IRawCDImageTrackInfo", "StartingLba", DISPID_IRAWCDIMAGETRACKINFO_STARTINGLBA },
    { "IRawCDImageTrackInfo", "SectorCount", DISPID_IRAWCDIMAGETRACKINFO_SECTORCOUNT },
    { "IRawCDImageTrackInfo", "TrackNumber", DISPID_IRAWCDIMAGETRACKINFO_TRACKNUMBER },
    { "IRawCDImageTrackInfo", "SectorType", DISPID_IRAWCDIMAGETRACKINFO_SECTORTYPE },
    { "IRawCDImageTrackInfo", "ISRC", DISPID_IRAWCDIMAGETRACKINFO_ISRC },
    { "IRawCDImageTrackInfo", "ISRC", DISPID_IRAWCDIMAGETRACKINFO_ISRC },
    { "IRawCDImageTrackInfo", "DigitalAudioCopySetting",
      DISPID_IRAWCDIMAGETRACKINFO_DIGITALAUDIOCOPYSETTING },
    { "IRawCDImageTrackInfo", "DigitalAudioCopySetting",
      DISPID_IRAWCDIMAGETRACKINFO_DIGITALAUDIOCOPYSETTING },
    { "IRawCDImageTrackInfo", "AudioHasPreemphasis",
      DISPID_IRAWCDIMAGETRACKINFO_AUDIOHASPREEMPHASIS },
    { "IRawCDImageTrackInfo", "AudioHasPreemphasis",
      DISPID_IRAWCDIMAGETRACKINFO_AUDIOHASPREEMPHASIS },
    { "IBlockRange", "StartLba", DISPID_IBLOCKRANGE_STARTLBA },
    { "IBlockRange", "EndLba", DISPID_IBLOCKRANGE_ENDLBA },
    { "IBlockRangeList", "BlockRanges", DISPID_IBLOCKRANGELIST_BLOCKRANGES },
};
/* clang-format on */

static const struct interface_row *published(const char *name)
{
    for (size_t i = 0; i < typelib_interface_count; i++) {
        if (!strcmp(typelib_interfaces[i].name, name))
            return &typelib_interfaces[i];
    }
    fail_msg("no interface %s", name);
    return NULL;
}

static void every_dispid_macro_has_the_number_of_its_member(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAYSIZE(macros); i++) {
        const struct interface_row *row = published(macros[i].interface_name);
        size_t k = 0;

        while (k < row->member_count && strcmp(row->members[k].name, macros[i].member) != 0)
            k++;
        if (k == row->member_count || row->members[k].dispid != macros[i].dispid)
            fail_msg("%s.%s: macro %lX", row->name, macros[i].member, macros[i].dispid);
    }
}

static void the_macros_of_members_that_never_came_name_no_member(void **state)
{
    static const struct {
        const char *interface_name;
        long dispid;
    } unused[] = {
        {"IWriteEngine2EventArgs", DISPID_IWRITEENGINE2EVENTARGS_TOTALDEVICEBUFFER},
        {"IWriteEngine2EventArgs", DISPID_IWRITEENGINE2EVENTARGS_USEDDEVICEBUFFER},
        {"IDiscFormat2TrackAtOnceEventArgs", DISPID_IDISCFORMAT2TAOEVENTARGS_ESTIMATEDTOTALTIME},
        {"IDiscFormat2RawCDEventArgs", DISPID_IDISCFORMAT2RAWCDEVENTARGS_CURRENTTRACKNUMBER},
    };

    (void)state;
    for (size_t i = 0; i < ARRAYSIZE(unused); i++) {
        const struct interface_row *row = published(unused[i].interface_name);

        for (size_t k = 0; k < row->member_count; k++)
            assert_int_not_equal(row->members[k].dispid, unused[i].dispid);
    }
}

/* As many methods of IWriteEngine2 as the client calls, in a whole vtable: the position of each
 * comes from the header, so a call that lands here has gone through the right slot. */
struct engine {
    IWriteEngine2 engine;
    VARIANT_BOOL busy;
    LONG bytes_per_sector, sectors_per_second, start, blocks;
};

static struct engine *engine_from(IWriteEngine2 *iface)
{
    return CONTAINING_RECORD(iface, struct engine, engine);
}

static HRESULT STDMETHODCALLTYPE engine_get_WriteInProgress(IWriteEngine2 *iface,
                                                            VARIANT_BOOL *value)
{
    *value = engine_from(iface)->busy;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE engine_put_BytesPerSector(IWriteEngine2 *iface, LONG value)
{
    engine_from(iface)->bytes_per_sector = value;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE engine_put_StartingSectorsPerSecond(IWriteEngine2 *iface,
                                                                     LONG value)
{
    engine_from(iface)->sectors_per_second = value;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE engine_WriteSection(IWriteEngine2 *iface, IStream *data,
                                                     LONG start, LONG blocks)
{
    (void)data;
    engine_from(iface)->start = start;
    engine_from(iface)->blocks = blocks;
    return E_IMAPI_REQUEST_CANCELLED;
}

static IWriteEngine2Vtbl engine_vtable = {
    .WriteSection = engine_WriteSection,
    .put_BytesPerSector = engine_put_BytesPerSector,
    .put_StartingSectorsPerSecond = engine_put_StartingSectorsPerSecond,
    .get_WriteInProgress = engine_get_WriteInProgress,
};

static void a_client_in_c_calls_the_engine_through_the_macros(void **state)
{
    struct engine engine = {.engine.lpVtbl = &engine_vtable};

    (void)state;
    assert_string_equal(client_verdict(client_write(&engine.engine, NULL, -150, 64)), "cancelled");
    assert_int_equal(engine.bytes_per_sector, 2048);
    assert_int_equal(engine.sectors_per_second, 680);
    assert_int_equal(engine.start, -150);
    assert_int_equal(engine.blocks, 64);
    engine.busy = VARIANT_TRUE;
    assert_int_equal(client_write(&engine.engine, NULL, 0, 1), (LONG)0xC0AA0400L);
}

static void the_vtables_of_the_header_have_the_published_slots(void **state)
{
    (void)state;
#define SLOT(interface_name, method) (offsetof(interface_name##Vtbl, method) / sizeof(void *))
    assert_int_equal(SLOT(IDiscMaster2, get_IsSupportedEnvironment), 10);
    assert_int_equal(SLOT(IDiscRecorder2Ex, GetMaximumPageAlignedTransferSize), 20);
    assert_int_equal(SLOT(IDiscRecorder2, get_ExclusiveAccessOwner), 27);
    assert_int_equal(SLOT(IWriteEngine2, put_Recorder), 9);
    assert_int_equal(SLOT(IWriteEngine2, get_WriteInProgress), 19);
    assert_int_equal(SLOT(IDiscFormat2Erase, EraseMedia), 19);
    assert_int_equal(SLOT(IDiscFormat2Data, SetWriteSpeed), 43);
    assert_int_equal(SLOT(IDiscFormat2TrackAtOnce, get_SupportedWriteSpeedDescriptors), 36);
    assert_int_equal(SLOT(IDiscFormat2RawCD, get_SupportedWriteSpeedDescriptors), 35);
    assert_int_equal(SLOT(IMultisessionSequential2, get_WriteUnitSize), 16);
    assert_int_equal(SLOT(IStreamPseudoRandomBased, get_ExtendedSeed), 17);
    assert_int_equal(SLOT(IRawCDImageTrackInfo, ClearTrackIndex), 19);
#undef SLOT
}

static void a_sink_in_c_gets_its_event_by_number(void **state)
{
    struct client_sink sink;
    IDispatch object = {NULL}, progress = {NULL};
    VARIANTARG arguments[2];
    DISPPARAMS params = {arguments, NULL, 2, 0};

    (void)state;
    client_sink_init(&sink);
    V_VT(&arguments[0]) = V_VT(&arguments[1]) = VT_DISPATCH;
    V_DISPATCH(&arguments[0]) = &progress;
    V_DISPATCH(&arguments[1]) = &object;
    assert_int_equal(DWriteEngine2Events_Invoke(&sink.events, 0x100, &IID_NULL,
                                                LOCALE_SYSTEM_DEFAULT, DISPATCH_METHOD, &params,
                                                NULL, NULL, NULL),
                     S_OK);
    assert_ptr_equal(sink.last_progress, &progress);
}

static void both_names_of_the_library_are_one_identifier(void **state)
{
    (void)state;
    assert_true(IsEqualGUID(&LIBID_IMAPILib2, &LIBID_IMAPI2));
    assert_int_equal(IMAPILib2_MajorVersion, 1);
    assert_int_equal(IMAPILib2_MinorVersion, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_dispid_macro_has_the_number_of_its_member),
        cmocka_unit_test(the_macros_of_members_that_never_came_name_no_member),
        cmocka_unit_test(the_vtables_of_the_header_have_the_published_slots),
        cmocka_unit_test(a_client_in_c_calls_the_engine_through_the_macros),
        cmocka_unit_test(a_sink_in_c_gets_its_event_by_number),
        cmocka_unit_test(both_names_of_the_library_are_one_identifier),
    };

    return cmocka_run_group_tests_name("headers", tests, NULL, NULL);
}
