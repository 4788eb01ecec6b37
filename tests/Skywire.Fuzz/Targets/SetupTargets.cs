// What phones, and whatever else has the code of a setup access point, send to it: requests, forms, questions for names.
using System.Buffers;
using System.Text;
using Skywire.Fuzz.Engine;
using Skywire.Wifi.Running;
using Skywire.Wifi.Setup;
using Skywire.Wifi.Setup.Dns;
using Skywire.Wifi.Setup.Http;

namespace Skywire.Fuzz.Targets;

internal static class SetupTargets
{
    /// <summary>First byte of an input: a request to the page.</summary>
    public const byte Request = 0;

    /// <summary>The body of a form post.</summary>
    public const byte Form = 1;

    /// <summary>A DNS question.</summary>
    public const byte Name = 2;

    // A page is made of each form: 20 KB, of which half are countries.
    public static IReadOnlyList<FuzzTarget> All { get; } = [new("setup-page", Run) { AllocationBase = 2 << 20, AllocationPerByte = 4096, MaxInput = SetupRequest.MaxSize + 1024, QuickShare = 0.5 }];

    private static int Run(ReadOnlySpan<byte> input) => input.IsEmpty ? -1 : (input[0] % 3) switch
    {
        Request => ReadRequest(input[1..]),
        Form => ReadForm(input[1..]),
        _ => AnswerName(input[1..]),
    };

    private static int ReadRequest(ReadOnlySpan<byte> input)
    {
        var status = SetupRequest.Read(input, out var request);
        if (status != OperationStatus.Done)
        {
            return request is null ? (int)status : throw new ContractException("a request that is none");
        }

        // Cut anywhere it is not whole yet: nothing is taken for a request that a later byte makes another one.
        if (SetupRequest.Read(input[..(input.Length / 2)], out var half) == OperationStatus.Done && (half!.Method, half.Host, half.Path) != (request!.Method, request.Host, request.Path))
        {
            throw new ContractException("half of a request is another request");
        }

        var state = new State();
        var reply = new SetupSite(new Uri("http://10.77.0.1/"), state, state).AnswerAsync(request!, CancellationToken.None).GetAwaiter().GetResult();
        var head = Encoding.Latin1.GetString(reply.ToBytes(withBody: false));
        if (reply.Location is not ("" or "http://10.77.0.1/") || head.Split("\r\n\r\n").Length != 2)
        {
            throw new ContractException("the answer leads elsewhere, or has two heads");
        }

        return reply.Status + (request!.Origin.Length > 0 ? 1000 : 0) + (state.IsTaken ? 2000 : 0);
    }

    private static int ReadForm(ReadOnlySpan<byte> input)
    {
        if (FormBody.Parse(input) is not { } fields)
        {
            return 100;
        }

        var (form, answers) = SetupForm.Read(fields);
        if (answers is null == (form.Errors.Count == 0))
        {
            throw new ContractException("neither answers nor an error, or both");
        }

        if (answers is not null && SettingsOrder.Text(SettingsOrderSink.Changes(answers)).Count(c => c == '\n') != (answers.Name.Length > 0 ? 4 : 3))
        {
            throw new ContractException("a value became a setting");
        }

        // The template's own elements and no others: what was typed is text.
        var isOther = form.Mesh.StartsWith(SetupForm.JoinPrefix, StringComparison.Ordinal) && form.Mesh is not (SetupForm.JoinPrefix or "join:home");
        var plain = form with { Name = "", MeshName = "", Country = "", Mesh = isOther ? "join:other" : "new" };
        if (Elements(form) != Elements(plain))
        {
            throw new ContractException("what was typed became HTML");
        }

        return 101 + form.Errors.Keys.Sum(k => k switch { "name" => 1, "country" => 2, "mesh" => 4, "mesh_name" => 8, _ => 16 }) + (form.Mesh.Length > 5 ? 32 : 0);
    }

    private static int Elements(SetupForm form) => SetupPage.Form(form, State.Shown).Body.Count(c => c == '<');

    private static int AnswerName(ReadOnlySpan<byte> input)
    {
        Span<byte> answer = stackalloc byte[SetupDns.MaxSize];
        var length = SetupDns.Answer(input, [10, 77, 0, 1], answer, out var outcome);
        if (length == 0 != (outcome == DnsOutcome.Malformed) || (length > 0 && (!answer[..2].SequenceEqual(input[..2]) || (answer[2] & 0x80) == 0)))
        {
            throw new ContractException("an answer to something else");
        }

        return 200 + ((int)outcome * 10) + Math.Min(length / 64, 9);
    }

    private sealed class State : ISetupState, ISetupSink
    {
        public static SetupView Shown { get; } = new("Skyminer-setup-A1B2", [new MeshChoice("home", -50, 2)], 14);

        public string? TakenMesh { get; private set; }

        public bool IsTaken { get; private set; }

        public SetupView View() => Shown;

        public bool TryTake(SetupAnswers answers)
        {
            TakenMesh = answers.MeshName;
            return true;
        }

        public void GiveBack(string why) => TakenMesh = null;

        public string? Refusal() => null;

        public Task SubmitAsync(SetupAnswers answers, CancellationToken cancellationToken)
        {
            IsTaken = true;
            return Task.CompletedTask;
        }
    }
}
