// What the setup access point answers to a request: the page, the answers taken, and a way to the page from everywhere else.
using Skywire.Wifi.Setup.Http;

namespace Skywire.Wifi.Setup;

/// <summary>The setup access point as the page sees it. Thread-safe.</summary>
internal interface ISetupState
{
    /// <summary>What the page shows besides the form.</summary>
    SetupView View();

    /// <summary>Name of the mesh whose settings are being put in force; null while answers are awaited.</summary>
    string? TakenMesh { get; }

    /// <summary>Takes answers; false when it is not open for any.</summary>
    bool TryTake(SetupAnswers answers);

    /// <summary>They could not be handed on.</summary>
    void GiveBack(string why);
}

/// <summary>Answers requests. <paramref name="page"/> is the page's own address, "http://10.77.0.1/".</summary>
internal sealed class SetupSite(Uri page, ISetupState state, ISetupSink sink)
{
    private const string FormType = "application/x-www-form-urlencoded";

    private readonly string _origin = page.GetLeftPart(UriPartial.Authority);

    /// <summary>The answer. Phones ask for pages of their makers to find out whether they are online; all of that leads here, which is how they notice this page.</summary>
    public async Task<SetupReply> AnswerAsync(SetupRequest request, CancellationToken cancellationToken)
    {
        var isOurs = IsOurs(request.Host) && request.Path == "/";
        return request.Method switch
        {
            "GET" or "HEAD" => isOurs ? Show() : SetupReply.Redirect(page.AbsoluteUri),
            "POST" when !isOurs || !IsFromHere(request) => SetupReply.Refuse(403, "this form was not sent from the setup page"),
            "POST" => await TakeAsync(request, cancellationToken),
            _ => SetupReply.Refuse(405, "GET, HEAD or POST"),
        };
    }

    private SetupReply Show() => state.TakenMesh is { } mesh ? SetupPage.Done(mesh, state.View().NetworkName) : SetupPage.Form(new SetupForm(), state.View());

    private async Task<SetupReply> TakeAsync(SetupRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentType != FormType || FormBody.Parse(request.Body.Span) is not { } fields)
        {
            return SetupReply.Refuse(request.ContentType == FormType ? 400 : 415, "this is no form");
        }

        var (form, answers) = SetupForm.Read(fields);
        var view = state.View();
        if (answers is null)
        {
            return SetupPage.Form(form, view, 422);
        }

        if (!state.TryTake(answers))
        {
            // A second press of the button, or a second person.
            return Show();
        }

        try
        {
            await sink.SubmitAsync(answers, cancellationToken);
            return SetupPage.Done(answers.MeshName, view.NetworkName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            state.GiveBack($"the settings could not be handed on: {e.Message}");
            return SetupPage.Form(form, view with { Trouble = "The board could not take the settings. Type the passphrase again and send them once more; if that fails too, switch the board off and on." }, 503);
        }
    }

    private bool IsOurs(string host) => string.Equals(host, page.Authority, StringComparison.OrdinalIgnoreCase) || (page.IsDefaultPort && string.Equals(host, page.Host + ":80", StringComparison.OrdinalIgnoreCase));

    // Browsers tell where a form comes from: by Origin, old ones by Referer. Whoever tells neither is no browser that somebody was led into.
    private bool IsFromHere(SetupRequest request)
        => request.Origin.Length > 0 ? request.Origin == _origin
            : request.Referrer.Length == 0 || request.Referrer == _origin || request.Referrer.StartsWith(_origin + "/", StringComparison.Ordinal);
}
